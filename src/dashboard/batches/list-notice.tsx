import { Link } from 'wouter';
import { Loading, Notice } from '../frame/notices.tsx';
import { FRAME_TEXTS } from '../frame/texts.ts';
import { useMayControl } from '../session/use-viewer.ts';
import { useTexts } from '../text/locale.ts';
import { Button, buttonClass } from '../widgets/button.tsx';
import { LIST_TEXTS } from './texts.ts';

/** What stands in the place of a list without rows. */
export function ListNotice({
  state,
  isFiltered,
  onClear,
  onRetry,
}: {
  state: 'loading' | 'empty' | 'failed';
  isFiltered: boolean;
  onClear: () => void;
  onRetry: () => void;
}) {
  const texts = useTexts(LIST_TEXTS);
  const { newBatch } = useTexts(FRAME_TEXTS);
  const mayControl = useMayControl();
  if (state === 'loading') {
    return <Loading />;
  }
  if (state === 'failed') {
    return (
      <Notice title={texts.failed}>
        <Button onClick={onRetry}>{texts.retry}</Button>
      </Notice>
    );
  }
  if (isFiltered) {
    return (
      <Notice title={texts.nothingFits} hint={texts.nothingFitsHint}>
        <Button onClick={onClear}>{texts.clear}</Button>
      </Notice>
    );
  }
  return !mayControl ? (
    <Notice title={texts.empty} />
  ) : (
    <Notice title={texts.empty} hint={texts.emptyHint}>
      <Link className={buttonClass('primary')} href="/new">
        {newBatch}
      </Link>
    </Notice>
  );
}
