import { flushSync } from 'react-dom';
import { v4 as uuid } from 'uuid';
import { announce } from '../frame/announcer.tsx';
import { useTexts } from '../text/locale.ts';
import { describeRemoval } from './bar-notice.tsx';
import type { Edit } from './draft.ts';
import type { useDraftSession } from './draft-session.ts';
import { CHOOSE_FILES, TEXT_LIST } from './element-ids.ts';
import { idOf } from './field-path.ts';
import { focusId } from './focus-field.ts';
import { NEW_BATCH_TEXTS } from './texts.ts';

/** What takes parts of a draft away, puts them back, or adds an empty text. */
export interface Removals {
  readonly remove: (edit: (Edit & { type: 'removeText' | 'removeTexts' }) | 'discard') => void;
  readonly undo: () => void;
  readonly write: () => void;
}

/** The edits after which what had the focus is gone: each says what happened, and where the focus is. */
export function useRemovals(session: ReturnType<typeof useDraftSession>[1]): Removals {
  const texts = useTexts(NEW_BATCH_TEXTS);
  const apply = (edit: Edit) => flushSync(() => session.edit(edit));
  const focusTexts = () => focusId(session.get().draft.texts.length > 0 ? TEXT_LIST : CHOOSE_FILES);
  return {
    remove: (edit) => {
      apply(edit === 'discard' ? { type: 'discard', idempotencyKey: uuid() } : edit);
      const { removal } = session.get();
      if (removal !== undefined) {
        announce(describeRemoval(removal, texts));
      }
      if (edit === 'discard') {
        focusId(idOf('name'));
      } else {
        focusTexts();
      }
    },
    undo: () => {
      apply({ type: 'undo' });
      announce(texts.undone);
      focusTexts();
    },
    write: () => {
      apply({ type: 'write' });
      const { selected } = session.get().draft;
      if (selected !== null) {
        focusId(idOf({ key: selected, part: 'content' }));
      }
    },
  };
}
