import { flushSync } from 'react-dom';
import type { Edit } from './draft.ts';
import { type Field, idOf } from './field-path.ts';

/** Moves the focus to a field; opens the text that it belongs to. */
export function focusField(field: Field, edit: (edit: Edit) => void): void {
  if (typeof field === 'object') {
    flushSync(() => edit({ type: 'select', key: field.key }));
  }
  focusId(idOf(field));
}

/** Moves the focus to an element, if it is there. */
export function focusId(id: string): void {
  document.getElementById(id)?.focus();
}
