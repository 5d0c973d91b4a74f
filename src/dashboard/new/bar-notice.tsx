import { useTexts } from '../text/locale.ts';
import { Button } from '../widgets/button.tsx';
import classes from './bar-notice.module.css';
import type { Removal } from './draft.ts';
import type { Limits } from './limits.ts';
import type { Outcome } from './send-batch.ts';
import { NEW_BATCH_TEXTS } from './texts.ts';

/** Says why there is no batch, where that is not a matter of a field. */
export function FailureNotice({ outcome, limits }: { outcome: Outcome | undefined; limits: Limits }) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  switch (outcome?.kind) {
    case 'unreachable':
      return <Alert title={texts.unreachable} text={texts.unreachableText} />;
    case 'tooLarge':
      return <Alert title={texts.tooLarge} text={texts.tooLargeText(limits.maxBodyBytes)} />;
    case 'failed':
      return <Alert title={texts.failed} text={outcome.message} />;
    default:
      return null;
  }
}

function Alert({ title, text }: { title: string; text: string }) {
  return (
    <div className={classes['notice']} role="alert" data-failed>
      <p>
        <strong>{title}.</strong> {text}
      </p>
    </div>
  );
}

/** Says what was taken out, and puts it back if wanted. */
export function RemovalNotice({ removal, onUndo }: { removal: Removal | undefined; onUndo: () => void }) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  return (
    removal !== undefined && (
      <div className={classes['notice']}>
        <p>{describeRemoval(removal, texts)}</p>
        <Button onClick={onUndo}>{texts.undo}</Button>
      </div>
    )
  );
}

/** What was taken out, in a sentence. */
export function describeRemoval({ what, name, before }: Removal, texts: (typeof NEW_BATCH_TEXTS)['en']): string {
  switch (what) {
    case 'text':
      return texts.removed.text(name.trim() === '' ? texts.untitled : name);
    case 'texts':
      return texts.removed.texts(before.texts.length);
    case 'draft':
      return texts.removed.draft;
  }
}
