import { Notice } from '../frame/notices.tsx';
import { FRAME_TEXTS } from '../frame/texts.ts';
import { useTitle } from '../frame/title.ts';
import { useTexts } from '../text/locale.ts';
import { SESSION_TEXTS } from './texts.ts';

/** What stands in the place of the page for a new batch where whoever looks at it may make none. */
export function LookOnly() {
  const texts = useTexts(SESSION_TEXTS);
  const { newBatch } = useTexts(FRAME_TEXTS);
  useTitle(newBatch);
  return (
    <>
      <h1>{newBatch}</h1>
      <Notice title={texts.lookOnly} hint={texts.lookOnlyHint} />
    </>
  );
}
