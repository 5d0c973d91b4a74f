import { AlertDialog } from '@base-ui/react/alert-dialog';
import type { BatchFieldsFragment } from '../../generated/dashboard-gql/graphql.ts';
import { useTexts } from '../text/locale.ts';
import { Button } from '../widgets/button.tsx';
import dialog from '../widgets/dialog.module.css';
import { NEW_BATCH_TEXTS } from './texts.ts';

/**
 * An attempt whose answer was lost had made a batch, and the draft was changed since: asks whether
 * that batch is what was wanted, or another one is. The draft stays in any case.
 */
export default function ConflictDialog({
  batch,
  onOpenBatch,
  onCreateSecond,
  onClose,
}: {
  batch: BatchFieldsFragment;
  onOpenBatch: () => void;
  onCreateSecond: () => void;
  onClose: () => void;
}) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  return (
    <AlertDialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={dialog['backdrop']} />
        <AlertDialog.Popup className={dialog['popup']}>
          <AlertDialog.Title className={dialog['title']}>{texts.conflict}</AlertDialog.Title>
          <AlertDialog.Description className={dialog['text']}>
            {texts.conflictText(batch.name, batch.totalProjects)}
          </AlertDialog.Description>
          <div className={dialog['buttons']}>
            <AlertDialog.Close render={<Button kind="quiet">{texts.back}</Button>} />
            <Button onClick={onCreateSecond}>{texts.createSecond}</Button>
            <Button kind="primary" onClick={onOpenBatch}>
              {texts.openBatch}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
