import { useApolloClient } from '@apollo/client/react';
import { useEffect, useRef } from 'react';
import { flushSync } from 'react-dom';
import { v4 as uuid } from 'uuid';
import { useLocation } from 'wouter';
import { announce } from '../frame/announcer.tsx';
import { showToast } from '../frame/show-toast.ts';
import { useTexts } from '../text/locale.ts';
import { createInput } from './create-input.ts';
import type { useDraftSession } from './draft-session.ts';
import { CREATE_BUTTON } from './element-ids.ts';
import { fieldAt } from './field-path.ts';
import { focusField, focusId } from './focus-field.ts';
import { sendBatch } from './send-batch.ts';
import { NEW_BATCH_TEXTS } from './texts.ts';
import type { useLimits } from './use-limits.ts';
import type { Problems } from './use-problems.ts';

/**
 * Creates the batch, and goes there. However often it is asked to: while an attempt is under way
 * there is no other one, and each attempt with a draft has the same idempotency key.
 */
export function useSubmit(
  session: ReturnType<typeof useDraftSession>[1],
  { limits, areKnown }: ReturnType<typeof useLimits>,
  problems: Problems,
): { submit: () => Promise<void>; submitSecond: () => Promise<void> } {
  const client = useApolloClient();
  const texts = useTexts(NEW_BATCH_TEXTS);
  const [, navigate] = useLocation();
  const isHere = useRef(false);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);

  const submit = async () => {
    // What a service takes is for itself to say: as long as it has not, the page refuses nothing.
    if (areKnown && problems.found.length > 0) {
      const shown = flushSync(problems.showAll);
      announce(texts.summary(shown.length));
      const first = shown.find(({ field }) => field !== undefined)?.field;
      if (first !== undefined) {
        focusField(first, session.edit);
      }
      return;
    }
    if (!session.startSending()) {
      return;
    }
    const { draft } = session.get();
    const outcome = await sendBatch(client, createInput(draft, limits));
    flushSync(() => session.stopSending(outcome));
    if (!isHere.current) {
      showToast(outcome.kind === 'created' ? texts.created(outcome.batch.name) : texts.failed);
      return;
    }
    switch (outcome.kind) {
      case 'created':
        announce(texts.created(outcome.batch.name));
        return navigate(`/batches/${outcome.batch.id}`);
      case 'refused': {
        problems.showAll();
        announce(texts.summary(outcome.issues.length));
        const keys = draft.texts.map(({ key }) => key);
        const first = outcome.issues.map(({ field }) => fieldAt(field, keys)).find((field) => field !== undefined);
        return first === undefined ? focusId(CREATE_BUTTON) : focusField(first, session.edit);
      }
      case 'conflict':
        return;
      default:
        return focusId(CREATE_BUTTON);
    }
  };
  const submitSecond = async () => {
    session.edit({ type: 'renewKey', idempotencyKey: uuid() });
    session.forgetOutcome();
    await submit();
  };
  return { submit, submitSecond };
}
