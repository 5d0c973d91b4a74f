import { useApolloClient } from '@apollo/client/react';
import { useEffect, useEffectEvent } from 'react';
import {
  BatchDetailDocument,
  type BatchFieldsFragment,
  WatchBatchesDocument,
} from '../../generated/dashboard-gql/graphql.ts';
import { connection } from '../api/connection.ts';
import { follow } from '../api/follow.ts';
import { refetchShown } from '../api/refetch-shown.ts';
import { serverNow } from '../api/server-clock.ts';
import { throttle } from '../api/throttle.ts';
import { BATCH_TEXTS } from '../batch/texts.ts';
import { placeInLists, recountLists, reloadLists } from '../batches/batch-lists.ts';
import { useTexts } from '../text/locale.ts';
import { STATUS_TEXTS } from '../text/status-texts.ts';
import { announce } from './announcer.tsx';
import { notify } from './notifications.ts';
import { useSettings } from './settings.ts';

/** How often the lists are counted at most, however much changes. */
const RECOUNT_MS = 1_000;

/** When this page was opened, by the service's clock. */
const OPENED_MS = serverNow();

/** Whether the batch has ended since it was last seen; if it never was, since the page was opened. */
function hasEnded({ finishedAt }: BatchFieldsFragment, before: BatchFieldsFragment | undefined): boolean {
  if (finishedAt === null) {
    return false;
  }
  return before === undefined ? Date.parse(finishedAt) >= OPENED_MS : before.finishedAt === null;
}

/** Follows all batches for as long as the page is open: keeps the lists right, and says when one ends. */
export function AllBatches() {
  const client = useApolloClient();
  const settings = useSettings();
  const statuses = useTexts(STATUS_TEXTS);
  const texts = useTexts(BATCH_TEXTS);
  const onChange = useEffectEvent((batch: BatchFieldsFragment, before: BatchFieldsFragment | undefined) => {
    placeInLists(client.cache, batch);
    const title = texts.statusIs(batch.name, statuses.batch[batch.status]);
    if (before !== undefined && before.status !== batch.status) {
      announce(title);
    }
    if (settings.notify && hasEnded(batch, before)) {
      const { completedProjects, failedProjects, cancelledProjects } = batch;
      notify(title, texts.endedText(completedProjects, failedProjects, cancelledProjects), batch.id);
    }
  });
  useEffect(() => {
    // As they were when they were last seen: the cache may know the new state already.
    const seen = new Map<string, BatchFieldsFragment>();
    const recount = throttle(RECOUNT_MS, () => void recountLists(client));
    const stop = follow({
      client,
      connection,
      document: WatchBatchesDocument,
      variables: () => ({}),
      onEvent: ({ batchUpdated }) => {
        const before = seen.get(batchUpdated.id);
        seen.set(batchUpdated.id, batchUpdated);
        onChange(batchUpdated, before);
        if (before?.status !== batchUpdated.status) {
          recount();
        }
      },
      // Also the batch that a page shows: ended, it has no stream of its own, and may be open again.
      onReturn: () => void Promise.all([reloadLists(client), refetchShown(client, [BatchDetailDocument])]),
    });
    return () => {
      recount.cancel();
      stop();
    };
  }, [client]);
  return null;
}
