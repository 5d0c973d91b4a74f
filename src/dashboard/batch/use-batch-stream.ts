import { useApolloClient } from '@apollo/client/react';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { WatchBatchDocument, type WatchBatchSubscription } from '../../generated/dashboard-gql/graphql.ts';
import { connection } from '../api/connection.ts';
import { follow } from '../api/follow.ts';

/** One event of the stream of a batch. */
export type BatchProgress = WatchBatchSubscription['batchProgress'];

/**
 * Follows one batch for as long as a page shows it, from its last cursor after each lost connection.
 * Everything is in the cache when `onEvent` is called. What was read before the first event may be
 * older than that: `onReset` is called then, and where changes are missing.
 */
export function useBatchStream(
  batchId: string,
  isOpen: boolean,
  {
    onEvent,
    onReset,
    onRefused,
  }: { onEvent: (event: BatchProgress) => void; onReset: () => void; onRefused: () => void },
): void {
  const client = useApolloClient();
  const cursor = useRef<string>(undefined);
  const hasEnded = useRef(false);
  const [isOver, setOver] = useState(false);
  const take = useEffectEvent((event: BatchProgress) => {
    const isFirst = cursor.current === undefined;
    cursor.current = event.cursor;
    hasEnded.current = event.batch.finishedAt !== null;
    if (isFirst || event.reset) {
      onReset();
    }
    onEvent(event);
  });
  const refuse = useEffectEvent(onRefused);
  // A batch that had ended is open again after a retry, and its stream then goes on.
  const isDone = isOver && !isOpen;
  useEffect(() => {
    if (isDone) {
      return;
    }
    setOver(false);
    return follow({
      client,
      connection,
      document: WatchBatchDocument,
      variables: () => ({ batchId, after: cursor.current ?? null }),
      onEvent: ({ batchProgress }) => take(batchProgress),
      mayEnd: () => hasEnded.current,
      onEnd: () => setOver(true),
      onRefused: () => refuse(),
    });
  }, [client, batchId, isDone]);
}
