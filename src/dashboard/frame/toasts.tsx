import { Toast } from '@base-ui/react/toast';
import { useTexts } from '../text/locale.ts';
import { Icon } from '../widgets/icon.tsx';
import { toasts } from './show-toast.ts';
import { FRAME_TEXTS } from './texts.ts';
import classes from './toasts.module.css';

/**
 * Shows the messages, the newest few of them. Not loaded when the first one comes: that may say that
 * the service is away.
 */
export function Toasts() {
  return (
    <Toast.Provider toastManager={toasts} limit={4}>
      <Toast.Portal>
        <Toast.Viewport className={classes['viewport']}>
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts: shown } = Toast.useToastManager();
  const texts = useTexts(FRAME_TEXTS);
  return shown.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={classes['toast']} data-kind={toast.type}>
      <Toast.Content className={classes['content']}>
        <div>
          <Toast.Title className={classes['title']} />
          <Toast.Description className={classes['description']} />
        </div>
        <Toast.Close className={classes['close']} aria-label={texts.close}>
          <Icon name="close" />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
