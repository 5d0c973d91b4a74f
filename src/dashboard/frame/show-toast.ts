import { Toast } from '@base-ui/react/toast';
import { announce } from './announcer.tsx';

/** The messages that are shown, and those that wait for it. */
export const toasts = Toast.createToastManager();

const INFO_MS = 6_000;
const ERROR_MS = 15_000;

/** Shows a message for some seconds, and reads it out. An error stays longer. */
export function showToast(title: string, description?: string, kind: 'info' | 'error' = 'info'): void {
  toasts.add({ title, description, type: kind, timeout: kind === 'error' ? ERROR_MS : INFO_MS });
  announce(description === undefined ? title : `${title}. ${description}`);
}
