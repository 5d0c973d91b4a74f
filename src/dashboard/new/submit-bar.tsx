import type { ReactNode } from 'react';
import { useTexts } from '../text/locale.ts';
import { Button } from '../widgets/button.tsx';
import { faultsOfText, sumUp } from './check.ts';
import type { Draft } from './draft.ts';
import { CREATE_BUTTON } from './element-ids.ts';
import type { Field } from './field-path.ts';
import type { Limits } from './limits.ts';
import classes from './submit-bar.module.css';
import { NEW_BATCH_TEXTS } from './texts.ts';

/** What the draft amounts to, and the button that makes a batch of it; always in view. */
export function SubmitBar({
  draft,
  limits,
  isSending,
  isReady,
  onSubmit,
  onGoTo,
  children,
}: {
  draft: Draft;
  limits: Limits;
  isSending: boolean;
  isReady: boolean;
  onSubmit: () => void;
  onGoTo: (field: Field) => void;
  children: ReactNode;
}) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  const faulty = draft.texts.flatMap((text, index) => {
    const { name, content } = faultsOfText(text, limits);
    return name === undefined && content === undefined
      ? []
      : [{ index, field: { key: text.key, part: content === undefined ? 'name' : 'content' } as const }];
  });
  const open = draft.texts.findIndex(({ key }) => key === draft.selected);
  const next = faulty.find(({ index }) => index > open) ?? faulty[0];
  const { characters } = sumUp(draft.texts);
  return (
    <div className={classes['bar']}>
      {children}
      <div className={classes['line']}>
        <div className={classes['facts']}>
          <p data-testid="total">{texts.total(draft.texts.length, characters)}</p>
          {next !== undefined && (
            <p className={classes['attention']}>
              {texts.attention(faulty.length)}
              <button type="button" className={classes['link']} onClick={() => onGoTo(next.field)}>
                {texts.nextProblem}
              </button>
            </p>
          )}
        </div>
        <Button
          id={CREATE_BUTTON}
          kind="primary"
          disabled={isSending || !isReady}
          focusableWhenDisabled
          aria-keyshortcuts="Control+Enter"
          onClick={onSubmit}
        >
          {isSending ? texts.creating : texts.create}
        </Button>
      </div>
    </div>
  );
}
