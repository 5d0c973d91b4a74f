import { useTexts } from '../text/locale.ts';
import classes from './skip-link.module.css';
import { FRAME_TEXTS } from './texts.ts';

/** The first stop of the keyboard: past the header. */
export function SkipLink() {
  const texts = useTexts(FRAME_TEXTS);
  return (
    <a className={classes['link']} href="#content">
      {texts.skip}
    </a>
  );
}
