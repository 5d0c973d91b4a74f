import { useApolloClient, useFragment } from '@apollo/client/react';
import { useState } from 'react';
import {
  BatchFieldsFragmentDoc,
  BatchHistoryDocument,
  type EventFieldsFragment,
} from '../../generated/dashboard-gql/graphql.ts';
import { EventLog, type EventLogState } from './event-log.ts';
import { MILESTONES } from './milestones.ts';
import { useEventLog } from './use-event-log.ts';

/** Enough to fill a page. */
const FIRST_SIZE = 50;

/** The history of a batch as it grows, and when the batch started. */
export function useBatchLog(
  batchId: string,
  onlyMilestones: boolean,
): { log: EventLog<EventFieldsFragment>; state: EventLogState<EventFieldsFragment>; startedAt: string | null } {
  const client = useApolloClient();
  const { data } = useFragment({
    fragment: BatchFieldsFragmentDoc,
    fragmentName: 'BatchFields',
    from: { __typename: 'Batch', id: batchId },
  });
  const kind = onlyMilestones ? [...MILESTONES] : null;
  const [log] = useState(
    () =>
      new EventLog<EventFieldsFragment>(async (page) => {
        const { data } = await client.query({
          query: BatchHistoryDocument,
          variables: { batchId, kind, ...page },
          // Events never change: the log has them, and the cache need not.
          fetchPolicy: 'no-cache',
        });
        if (data?.batch == null) {
          throw new Error(`no history of ${batchId}`);
        }
        return data.batch.events;
      }, FIRST_SIZE),
  );
  return { log, state: useEventLog(log, data.version), startedAt: data.startedAt ?? null };
}
