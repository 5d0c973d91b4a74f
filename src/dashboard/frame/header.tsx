import { Link, useRoute } from 'wouter';
import { useOutside } from '../session/session.ts';
import { useMayControl } from '../session/use-viewer.ts';
import { useTexts } from '../text/locale.ts';
import { buttonClass } from '../widgets/button.tsx';
import { Icon } from '../widgets/icon.tsx';
import { ConnectionIndicator } from './connection-indicator.tsx';
import classes from './header.module.css';
import { SettingsButton } from './settings-button.tsx';
import { FRAME_TEXTS } from './texts.ts';

/** The bar at the top of every page. */
export function Header() {
  const texts = useTexts(FRAME_TEXTS);
  const [isList] = useRoute('/');
  const [isNew] = useRoute('/new');
  const isInside = useOutside() === undefined;
  const mayControl = useMayControl();
  return (
    <header className={classes['header']}>
      <Link href="/" className={classes['brand']} aria-label="Showrunner">
        <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="8" fill="var(--accent-fill)" />
          <path d="M8 9.5h9M8 16h6M8 22.5h9" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" opacity=".75" />
          <path d="M19 11.2v9.6a.8.8 0 0 0 1.2.7l7-4.8a.8.8 0 0 0 0-1.4l-7-4.8a.8.8 0 0 0-1.2.7z" fill="#fff" />
        </svg>
        <span>Showrunner</span>
      </Link>
      <nav aria-label={texts.main} className={classes['nav']}>
        <Link href="/" aria-current={isList ? 'page' : undefined} className={classes['link']}>
          {texts.batches}
        </Link>
      </nav>
      {isInside && <ConnectionIndicator />}
      {isInside && mayControl && (
        <Link href="/new" aria-current={isNew ? 'page' : undefined} className={buttonClass('primary')}>
          <Icon name="plus" />
          {texts.newBatch}
        </Link>
      )}
      <SettingsButton />
    </header>
  );
}
