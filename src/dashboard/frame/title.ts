import { useEffect } from 'react';

/** Gives the window a title for as long as a page shows. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Showrunner`;
  }, [title]);
}
