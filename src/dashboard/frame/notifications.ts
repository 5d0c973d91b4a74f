import { choose } from './settings.ts';

/** Turns notifications on, if the browser's owner allows it, or off. */
export async function allowNotifications(wanted: boolean): Promise<void> {
  const isAllowed = wanted && 'Notification' in window && (await Notification.requestPermission()) === 'granted';
  choose({ notify: isAllowed });
}

/** Tells it outside of the page; `tag` keeps several tabs from telling it several times. */
export function notify(title: string, body: string, tag: string): void {
  if ('Notification' in window && Notification.permission === 'granted') {
    const shown = new Notification(title, { body, tag, icon: '/favicon.svg' });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
  }
}
