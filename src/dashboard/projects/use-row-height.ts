import { useSyncExternalStore } from 'react';

const PHONE = '(max-width: 48rem)';
/** In CSS pixels; as in project-table.module.css. */
const ROW_HEIGHT = 48;
const PHONE_ROW_HEIGHT = 92;

/** How high a row of the table is: on a phone it has several lines. */
export function useRowHeight(): number {
  return useSyncExternalStore(listen, () => (window.matchMedia(PHONE).matches ? PHONE_ROW_HEIGHT : ROW_HEIGHT));
}

function listen(listener: () => void): () => void {
  const query = window.matchMedia(PHONE);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}
