import { lazy, Suspense, useRef, useState } from 'react';
import { patiently } from '../api/patiently.ts';
import { useTexts } from '../text/locale.ts';
import { buttonClass } from '../widgets/button.tsx';
import { Icon } from '../widgets/icon.tsx';
import classes from './settings-menu.module.css';
import { FRAME_TEXTS } from './texts.ts';

const loadMenu = patiently(() => import('./settings-menu.tsx'));
const SettingsMenu = lazy(loadMenu);

/** Opens the settings. Their menu is large and seldom wanted: it is loaded when somebody reaches for it. */
export function SettingsButton() {
  const texts = useTexts(FRAME_TEXTS);
  // The menu appears inside of the header: what is outside of every landmark is not found by landmarks.
  const container = useRef<HTMLDivElement>(null);
  const [isWanted, setWanted] = useState(false);
  const button = (
    <button
      type="button"
      className={`${buttonClass('quiet')} ${classes['trigger']}`}
      aria-label={texts.settings}
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={() => void loadMenu()}
      onFocus={() => void loadMenu()}
      onClick={() => setWanted(true)}
    >
      <Icon name="settings" />
    </button>
  );
  return (
    <div ref={container}>
      {isWanted ? (
        <Suspense fallback={button}>
          <SettingsMenu container={container} />
        </Suspense>
      ) : (
        button
      )}
    </div>
  );
}
