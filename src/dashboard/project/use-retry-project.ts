import { useMutation } from '@apollo/client/react';
import { RetryBatchDocument } from '../../generated/dashboard-gql/graphql.ts';
import { ACTION_TEXTS } from '../actions/texts.ts';
import { refusalIn } from '../api/refusal.ts';
import { announce } from '../frame/announcer.tsx';
import { showToast } from '../frame/show-toast.ts';
import { useTexts } from '../text/locale.ts';

/** Sends one project back to work, and shows where that did not work. `onDone`: it waits again. */
export function useRetryProject(
  project: { id: string; name: string },
  batchId: string | undefined,
  onDone: () => void,
): { retry: () => Promise<void>; isBusy: boolean } {
  const texts = useTexts(ACTION_TEXTS);
  const [mutate, { loading }] = useMutation(RetryBatchDocument);
  const retry = async () => {
    if (batchId === undefined) {
      return;
    }
    const failed = texts.failed(texts.retry, project.name);
    try {
      const answer = (await mutate({ variables: { batchId, projectIds: [project.id] } })).data?.retryBatch;
      if (answer !== undefined && 'message' in answer) {
        showToast(failed, answer.message, 'error');
      } else {
        announce(texts.of(texts.retry, project.name));
        onDone();
      }
    } catch (error) {
      showToast(failed, refusalIn(error)?.message ?? texts.notReached, 'error');
    }
  };
  return { retry, isBusy: loading };
}
