import { Field } from '@base-ui/react/field';
import { useEffect, useRef, useState } from 'react';
import { announce } from '../frame/announcer.tsx';
import { useTexts } from '../text/locale.ts';
import { Button } from '../widgets/button.tsx';
import { measureText } from './check.ts';
import type { DraftText, Edit } from './draft.ts';
import field from './field.module.css';
import { FieldError } from './field-error.tsx';
import { idOf } from './field-path.ts';
import type { Limits } from './limits.ts';
import { messageAt, type Shown } from './problems.ts';
import classes from './text-editor.module.css';
import { TextField } from './text-field.tsx';
import { NEW_BATCH_TEXTS } from './texts.ts';

/** The text that is open: its name, itself, and how long it is. */
export function TextEditor({
  text,
  position,
  count,
  limits,
  shown,
  edit,
  onRemove,
}: {
  text: DraftText;
  /** From 0. */
  position: number;
  count: number;
  limits: Limits;
  shown: readonly Shown[];
  edit: (edit: Edit) => void;
  onRemove: (key: number) => void;
}) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  const { key } = text;
  return (
    <div className={classes['editor']}>
      <div className={classes['head']}>
        <p className={classes['position']}>{texts.position(position + 1, count)}</p>
        <Button kind="quiet" icon="trash" onClick={() => onRemove(key)}>
          {texts.removeText}
        </Button>
      </div>
      <TextField
        id={idOf({ key, part: 'name' })}
        label={texts.textName}
        value={text.name}
        onChange={(name) => edit({ type: 'renameText', key, name })}
        error={messageAt(shown, { key, part: 'name' })}
        placeholder={texts.untitled}
      />
      <Content text={text} limits={limits} error={messageAt(shown, { key, part: 'content' })} edit={edit} />
    </div>
  );
}

function Content({
  text,
  limits,
  error,
  edit,
}: {
  text: DraftText;
  limits: Limits;
  error: string | undefined;
  edit: (edit: Edit) => void;
}) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  const { contentMinLength: min, contentMaxLength: max } = limits;
  const [isTyping, setTyping] = useState(false);
  const { characters } = measureText(text).content;
  const state = characters < min ? 'short' : characters > max ? 'long' : 'right';
  const distance =
    state === 'right'
      ? texts.rightLength
      : state === 'short'
        ? texts.tooShort(min - characters)
        : texts.tooLong(characters - max);
  useAnnouncedChange(distance, state, isTyping);
  // That it is still too short is no mistake of somebody who is typing.
  const isWrong = state === 'long' || (state === 'short' && !isTyping && characters > 0);
  return (
    <Field.Root className={`${field['field']} ${classes['content']}`} invalid={error !== undefined || isWrong}>
      <Field.Label className={field['label']}>{texts.content}</Field.Label>
      <Field.Control
        id={idOf({ key: text.key, part: 'content' })}
        className={`${field['control']} ${classes['area']}`}
        render={<textarea />}
        value={text.content}
        onValueChange={(content) => edit({ type: 'rewriteText', key: text.key, content })}
        onFocus={() => setTyping(true)}
        onBlur={() => setTyping(false)}
      />
      <FieldError message={error} />
      <Field.Description className={classes['count']} data-state={isWrong ? 'wrong' : state} data-testid="count">
        <span>{texts.count(characters, min, max)}</span>
        <span className={classes['distance']}>{distance}</span>
      </Field.Description>
    </Field.Root>
  );
}

/** Tells listeners when the length becomes right or stops being so; not at each letter. */
function useAnnouncedChange(text: string, state: string, isWanted: boolean): void {
  const last = useRef(state);
  useEffect(() => {
    if (last.current !== state && isWanted) {
      announce(text);
    }
    last.current = state;
  }, [text, state, isWanted]);
}
