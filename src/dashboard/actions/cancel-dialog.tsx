import { AlertDialog } from '@base-ui/react/alert-dialog';
import type { BatchFieldsFragment } from '../../generated/dashboard-gql/graphql.ts';
import { useTexts } from '../text/locale.ts';
import { Button } from '../widgets/button.tsx';
import dialog from '../widgets/dialog.module.css';
import { ACTION_TEXTS } from './texts.ts';

/** Asks before a batch is cancelled, and says how many projects that touches at this moment. */
export default function CancelDialog({
  batch,
  open,
  onClose,
  onConfirm,
}: {
  batch: BatchFieldsFragment;
  open: boolean;
  onClose: () => void;
  onConfirm: () => void;
}) {
  const texts = useTexts(ACTION_TEXTS);
  const { name, waitingProjects, runningProjects } = batch;
  return (
    <AlertDialog.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={dialog['backdrop']} />
        <AlertDialog.Popup className={dialog['popup']}>
          <AlertDialog.Title className={dialog['title']}>{texts.cancelTitle(name)}</AlertDialog.Title>
          <AlertDialog.Description className={dialog['text']}>
            {texts.cancelText(waitingProjects, runningProjects)}
          </AlertDialog.Description>
          <div className={dialog['buttons']}>
            <AlertDialog.Close render={<Button>{texts.keep}</Button>} />
            <AlertDialog.Close
              render={
                <Button kind="danger" onClick={onConfirm}>
                  {texts.cancelConfirm(waitingProjects + runningProjects)}
                </Button>
              }
            />
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
