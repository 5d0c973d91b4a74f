import { announce } from './announcer.tsx';

/** A message that is shown for some seconds. */
export interface Message {
  readonly title: string;
  readonly description: string | undefined;
  readonly kind: 'info' | 'error';
}

let waiting: readonly Message[] = [];
const listeners = new Set<() => void>();

/** Shows a message, and reads it out. An error stays longer. */
export function showToast(title: string, description?: string, kind: Message['kind'] = 'info'): void {
  waiting = [...waiting, { title, description, kind }];
  announce(description === undefined ? title : `${title}. ${description}`);
  for (const listener of listeners) {
    listener();
  }
}

/** Takes over the messages that wait to be shown. */
export function takeMessages(): readonly Message[] {
  const taken = waiting;
  waiting = [];
  return taken;
}

/** Calls back whenever there is another message. */
export function listenToMessages(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
