import { Toast } from '@base-ui/react/toast';
import { useEffect } from 'react';
import { useTexts } from '../text/locale.ts';
import { Icon } from '../widgets/icon.tsx';
import { listenToMessages, takeMessages } from './show-toast.ts';
import { FRAME_TEXTS } from './texts.ts';
import classes from './toasts.module.css';

const INFO_MS = 6_000;
const ERROR_MS = 15_000;

/**
 * Shows the messages, the newest few of them. Not loaded when the first one comes: that may say that
 * the service is away.
 */
export function Toasts() {
  return (
    <Toast.Provider limit={4}>
      <Toast.Portal>
        <Toast.Viewport className={classes['viewport']}>
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts, add } = Toast.useToastManager();
  const texts = useTexts(FRAME_TEXTS);
  useEffect(() => {
    const show = () => {
      for (const { title, description, kind } of takeMessages()) {
        add({ title, description, type: kind, timeout: kind === 'error' ? ERROR_MS : INFO_MS });
      }
    };
    show();
    return listenToMessages(show);
  }, [add]);
  return toasts.map((toast) => (
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
