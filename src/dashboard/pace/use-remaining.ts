import { useFragment, useQuery } from '@apollo/client/react';
import { BatchFieldsFragmentDoc, BatchRemainingDocument } from '../../generated/dashboard-gql/graphql.ts';
import { useRefetchOnChange } from './use-refetch-on-change.ts';

/** How often the estimate is asked for at most: the service reads it from the history of the batch. */
const REFETCH_MS = 3_000;

/**
 * How long the batch will still take, in milliseconds, by how long its stages have taken so far.
 * Undefined while there is no basis for that, and for a batch that does not go on.
 */
export function useRemaining(batchId: string): number | undefined {
  const { data: batch } = useFragment({
    fragment: BatchFieldsFragmentDoc,
    fragmentName: 'BatchFields',
    from: { __typename: 'Batch', id: batchId },
  });
  const goesOn = batch.status === 'RUNNING' || batch.status === 'QUEUED';
  const { data, refetch } = useQuery(BatchRemainingDocument, { variables: { batchId }, skip: !goesOn });
  useRefetchOnChange(batchId, REFETCH_MS, async () => goesOn && (await refetch()));
  return goesOn ? (data?.batch?.estimatedRemainingMs ?? undefined) : undefined;
}
