import type { Connection } from '../api/connection.ts';
import { type Formats, useFormats } from '../text/format.ts';
import { useTexts } from '../text/locale.ts';
import classes from './connection-indicator.module.css';
import { useConnection } from './services.ts';
import { FRAME_TEXTS } from './texts.ts';

/** Says whether what the page shows is live. */
export function ConnectionIndicator() {
  const connection = useConnection();
  const texts = useTexts(FRAME_TEXTS);
  return (
    <p className={classes['indicator']} data-state={connection.state} role="status">
      <span className={classes['mark']} aria-hidden="true" />
      {describe(connection, texts, useFormats())}
    </p>
  );
}

function describe(connection: Connection, texts: (typeof FRAME_TEXTS)['en'], { timeOfDay }: Formats): string {
  return connection.state === 'offline' ? texts.offline(timeOfDay(connection.since)) : texts[connection.state];
}
