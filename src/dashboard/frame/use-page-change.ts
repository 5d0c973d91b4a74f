import { type RefObject, useEffect, useRef } from 'react';

/**
 * Does what a browser does when it loads another page: begins at its top, with the keyboard there,
 * too. Going back returns to where one was, as the browser remembers that.
 */
export function usePageChange(page: string, content: RefObject<HTMLElement | null>): void {
  const shown = useRef(page);
  const wasPopped = useRef(false);
  useEffect(() => {
    const note = () => {
      wasPopped.current = true;
    };
    window.addEventListener('popstate', note);
    return () => window.removeEventListener('popstate', note);
  }, []);
  useEffect(() => {
    if (shown.current !== page) {
      shown.current = page;
      if (!wasPopped.current) {
        window.scrollTo(0, 0);
      }
      content.current?.focus({ preventScroll: true });
    }
    wasPopped.current = false;
  }, [page, content]);
}
