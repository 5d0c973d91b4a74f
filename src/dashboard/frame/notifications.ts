import { choose } from './settings.ts';

/** Turns notifications on, if the browser's owner allows it, or off. False where the browser does not allow it. */
export async function allowNotifications(wanted: boolean): Promise<boolean> {
  const isAllowed = wanted && 'Notification' in window && (await Notification.requestPermission()) === 'granted';
  choose({ notify: isAllowed });
  return isAllowed === wanted;
}

/**
 * Tells it outside of the page, if that is still allowed; `tag` keeps several tabs from telling it
 * several times.
 */
export function notify(title: string, body: string, tag: string): void {
  try {
    const shown = new Notification(title, { body, tag });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
  } catch {
    // Some browsers, those of phones above all, have no notifications but from a service worker.
  }
}
