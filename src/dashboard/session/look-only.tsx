import { Notice } from '../frame/notices.tsx';
import { useTitle } from '../frame/title.ts';
import { useTexts } from '../text/locale.ts';
import { SESSION_TEXTS } from './texts.ts';

/** What stands in the place of a page for which whoever looks at it lacks the right. */
export function LookOnly() {
  const texts = useTexts(SESSION_TEXTS);
  useTitle(texts.lookOnly);
  return <Notice title={texts.lookOnly} hint={texts.lookOnlyHint} />;
}
