import { useEffect } from 'react';

/** The titles of what shows: the one that lies on top is the window's. */
const shown: { readonly title: string; readonly layer: number }[] = [];

/**
 * Gives the window a title for as long as a page shows. What lies over a page, a dialog, gives its
 * own on a higher layer; the page's is back when that has gone.
 */
export function useTitle(title: string, layer = 0): void {
  useEffect(() => {
    const entry = { title, layer };
    shown.push(entry);
    show();
    return () => {
      shown.splice(shown.indexOf(entry), 1);
      show();
    };
  }, [title, layer]);
}

function show(): void {
  const top = shown.toSorted((one, other) => one.layer - other.layer).at(-1);
  if (top !== undefined) {
    document.title = `${top.title} · Showrunner`;
  }
}
