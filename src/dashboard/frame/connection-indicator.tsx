import { useSyncExternalStore } from 'react';
import { type Connection, connection } from '../api/connection.ts';
import { type Formats, useFormats } from '../text/format.ts';
import { useTexts } from '../text/locale.ts';
import classes from './connection-indicator.module.css';
import { FRAME_TEXTS } from './texts.ts';

/** Says whether what the page shows is live. */
export function ConnectionIndicator() {
  const now = useSyncExternalStore(connection.listen, connection.get);
  const texts = useTexts(FRAME_TEXTS);
  return (
    <p className={classes['indicator']} data-state={now.state} role="status">
      <span className={classes['mark']} aria-hidden="true" />
      {describe(now, texts, useFormats())}
    </p>
  );
}

function describe(now: Connection, texts: (typeof FRAME_TEXTS)['en'], { timeOfDay }: Formats): string {
  return now.state === 'offline' ? texts.offline(timeOfDay(now.since)) : texts[now.state];
}
