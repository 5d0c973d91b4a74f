import { useMutation } from '@apollo/client/react';
import {
  type BatchFieldsFragment,
  CancelBatchDocument,
  PauseBatchDocument,
  ResumeBatchDocument,
  RetryBatchDocument,
} from '../../generated/dashboard-gql/graphql.ts';
import { refusalIn } from '../api/refusal.ts';
import { announce } from '../frame/announcer.tsx';
import { showToast } from '../frame/show-toast.ts';
import { useTexts } from '../text/locale.ts';
import type { Action } from './applicable.ts';
import { ACTION_TEXTS } from './texts.ts';

/** What a mutation answers with: what was asked for, or a reason why not. */
type Answer = { __typename: string; message?: string };

/**
 * Does something to a batch. Pause and resume show their result at once, and take it back where the
 * service does not agree; what goes wrong is shown.
 */
export function useBatchAction(batch: BatchFieldsFragment): {
  run: (action: Action) => Promise<void>;
  /** Whether an action has to wait: the same one is on its way, or the one that it would undo. */
  isBusy: (action: Action) => boolean;
} {
  const texts = useTexts(ACTION_TEXTS);
  const [pause, pausing] = useMutation(PauseBatchDocument);
  const [resume, resuming] = useMutation(ResumeBatchDocument);
  const [cancel, cancelling] = useMutation(CancelBatchDocument);
  const [retry, retrying] = useMutation(RetryBatchDocument);
  const variables = { batchId: batch.id };

  const runs: Record<Action, () => Promise<Answer | undefined>> = {
    pause: async () => {
      const paused = { ...batch, status: 'PAUSED' as const };
      const optimisticResponse = { pauseBatch: { __typename: 'PauseBatchSuccess' as const, batch: paused } };
      return (await pause({ variables, optimisticResponse })).data?.pauseBatch;
    },
    resume: async () => {
      const resumed = { ...batch, status: batch.startedAt === null ? ('QUEUED' as const) : ('RUNNING' as const) };
      const optimisticResponse = { resumeBatch: { __typename: 'ResumeBatchSuccess' as const, batch: resumed } };
      return (await resume({ variables, optimisticResponse })).data?.resumeBatch;
    },
    cancel: async () => (await cancel({ variables })).data?.cancelBatch,
    retry: async () => {
      const answer = (await retry({ variables })).data?.retryBatch;
      if (answer?.__typename === 'RetryBatchSuccess') {
        showToast(texts.retried(answer.retriedProjects));
      }
      return answer;
    },
  };
  const run = async (action: Action) => {
    const failed = texts.failed(texts[action], batch.name);
    try {
      const answer = await runs[action]();
      if (answer?.message !== undefined) {
        showToast(failed, answer.message, 'error');
      } else {
        announce(texts.of(texts[action], batch.name));
      }
    } catch (error) {
      showToast(failed, refusalIn(error)?.message ?? texts.notReached, 'error');
    }
  };
  const pauses = pausing.loading || resuming.loading;
  const busy: Record<Action, boolean> = {
    pause: pauses,
    resume: pauses,
    cancel: cancelling.loading,
    retry: retrying.loading,
  };
  return { run, isBusy: (action) => busy[action] };
}
