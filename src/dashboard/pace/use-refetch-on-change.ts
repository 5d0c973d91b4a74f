import { useFragment } from '@apollo/client/react';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { BatchFieldsFragmentDoc } from '../../generated/dashboard-gql/graphql.ts';
import { throttle } from '../api/throttle.ts';

/**
 * Asks again when a batch has changed, at most once per interval, and once more after its last
 * change. The version at first is no change.
 */
export function useRefetchOnChange(batchId: string, intervalMs: number, refetch: () => Promise<unknown>): void {
  const { data } = useFragment({
    fragment: BatchFieldsFragmentDoc,
    fragmentName: 'BatchFields',
    from: { __typename: 'Batch', id: batchId },
  });
  // What went wrong is in the result of the query.
  const ask = useEffectEvent(() => void refetch().catch(() => {}));
  const [askSoon] = useState(() => throttle(intervalMs, () => ask()));
  const known = useRef(data.version);
  useEffect(() => {
    if (data.version !== known.current) {
      known.current = data.version;
      askSoon();
    }
  }, [askSoon, data.version]);
  useEffect(() => askSoon.cancel, [askSoon]);
}
