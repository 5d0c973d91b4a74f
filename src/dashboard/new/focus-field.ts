import { flushSync } from 'react-dom';
import type { Edit } from './draft.ts';
import { type Field, idOf } from './field-path.ts';

/** How many frames to wait for an element whose part of the page is still being loaded. */
const PATIENCE_FRAMES = 120;

/** Moves the focus to a field; opens the text that it belongs to. */
export function focusField(field: Field, edit: (edit: Edit) => void): void {
  if (typeof field === 'object') {
    // Drawn before the focus moves: the text that was open has fields of the same ids.
    flushSync(() => edit({ type: 'select', key: field.key }));
  }
  focusId(idOf(field));
}

/** Moves the focus to an element, as soon as it is there. */
export function focusId(id: string, patience = PATIENCE_FRAMES): void {
  const element = document.getElementById(id);
  if (element !== null) {
    element.focus();
  } else if (patience > 0) {
    requestAnimationFrame(() => focusId(id, patience - 1));
  }
}
