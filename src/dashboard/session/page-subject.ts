const KEY = 'showrunner.subject';

/**
 * For whom this page was opened: who signed in last in this browser; '' for nobody in particular. It
 * stays so for as long as the page is there: for another one a new page is opened (see session.ts),
 * as this one holds what was for its own.
 */
export const pageSubject: string = read();

/** Whether the page is not for whoever has signed in since. */
export function isPageOfAnother(): boolean {
  return read() !== pageSubject;
}

/** Remembers who has signed in. */
export function keepSubject(subject: string): void {
  try {
    localStorage.setItem(KEY, subject);
  } catch {
    // A browser that keeps nothing keeps no drafts either.
  }
}

function read(): string {
  try {
    return localStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}
