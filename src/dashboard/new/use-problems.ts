import { useMemo, useState } from 'react';
import { serverNow } from '../api/server-clock.ts';
import { useTexts } from '../text/locale.ts';
import { checkDraft, type Problem } from './check.ts';
import type { DraftState } from './draft-session.ts';
import type { Limits } from './limits.ts';
import { issuesOf, mergeProblems, type Shown } from './problems.ts';
import { NEW_BATCH_TEXTS } from './texts.ts';

/** What is wrong with a draft. */
export interface Problems {
  /** What the page itself has found, whether it is shown or not. */
  readonly found: readonly Problem[];
  /** What the fields and the summary show: before the first attempt to create it, nothing that the page has found. */
  readonly shown: readonly Shown[];
  /** Shows everything from now on; the result is what that is. */
  readonly showAll: () => readonly Shown[];
}

/** Looks the draft through, after every change. */
export function useProblems({ draft, sent, outcome }: DraftState, limits: Limits): Problems {
  const texts = useTexts(NEW_BATCH_TEXTS);
  // An attempt counts for the draft that it was made with, until that one is created or discarded.
  const [attempted, setAttempted] = useState<string>();
  const found = useMemo(() => checkDraft(draft, limits, serverNow()), [draft, limits]);
  const issues = useMemo(() => issuesOf(outcome, sent, draft), [outcome, sent, draft]);
  const all = useMemo(() => mergeProblems(issues, found, texts.faults), [issues, found, texts]);
  const showAll = () => {
    setAttempted(draft.idempotencyKey);
    return all;
  };
  return { found, shown: attempted === draft.idempotencyKey ? all : issues, showAll };
}
