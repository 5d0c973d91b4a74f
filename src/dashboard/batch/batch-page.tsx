import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { useApolloClient, useQuery } from '@apollo/client/react';
import { useEffect, useMemo, useState } from 'react';
import {
  BatchDetailDocument,
  type BatchFieldsFragment,
  ProjectPageDocument,
} from '../../generated/dashboard-gql/graphql.ts';
import { refetchShown } from '../api/refetch-shown.ts';
import { throttle } from '../api/throttle.ts';
import { LIST_TEXTS } from '../batches/texts.ts';
import { announce } from '../frame/announcer.tsx';
import { Loading, Notice } from '../frame/notices.tsx';
import { useTitle } from '../frame/title.ts';
import { useFormats } from '../text/format.ts';
import { useTexts } from '../text/locale.ts';
import { Button } from '../widgets/button.tsx';
import { BatchHeader } from './batch-header.tsx';
import { BatchTabs } from './batch-tabs.tsx';
import { groupOf } from './groups.ts';
import { OpenProject } from './open-project.tsx';
import { BATCH_TEXTS } from './texts.ts';
import { type BatchProgress, useBatchStream } from './use-batch-stream.ts';

/** How often the pages of a filtered table are read again at most, while projects come and go. */
const REFILL_MS = 1_000;

/** One batch, live. */
export default function BatchPage({ batchId }: { batchId: string }) {
  const texts = useTexts(BATCH_TEXTS);
  const { retry } = useTexts(LIST_TEXTS);
  const client = useApolloClient();
  const { data, error, refetch } = useQuery(BatchDetailDocument, { variables: { batchId } });
  const isMissing = CombinedGraphQLErrors.is(error) && error.errors[0]?.extensions?.['code'] === 'BATCH_NOT_FOUND';
  useEffect(() => {
    if (isMissing) {
      // Out of the lists, too.
      client.cache.evict({ id: client.cache.identify({ __typename: 'Batch', id: batchId }) ?? '' });
    }
  }, [client, batchId, isMissing]);
  if (isMissing) {
    return <MissingBatch />;
  }
  if (data?.batch != null) {
    return <LiveBatch batch={data.batch} model={data.batch.geminiModel} />;
  }
  return error === undefined ? (
    <Loading />
  ) : (
    <Notice title={texts.failed}>
      <Button onClick={() => void refetch()}>{retry}</Button>
    </Notice>
  );
}

function MissingBatch() {
  const texts = useTexts(BATCH_TEXTS);
  useTitle(texts.missing);
  return <Notice title={texts.missing} hint={texts.missingHint} />;
}

function LiveBatch({ batch, model }: { batch: BatchFieldsFragment; model: string }) {
  const client = useApolloClient();
  const { percent } = useFormats();
  useTitle(`${percent(batch.progress)} ${batch.name}`);
  useFailureAnnouncements(batch.failedProjects);
  const [refill] = useState(() => throttle(REFILL_MS, () => void refetchShown(client, [ProjectPageDocument])));
  useEffect(() => refill.cancel, [refill]);
  useBatchStream(batch.id, batch.finishedAt === null, {
    onReset: () => void refetchShown(client, [ProjectPageDocument, BatchDetailDocument]),
    // It may have been deleted: whoever asks for it says so.
    onRefused: () => void refetchShown(client, [BatchDetailDocument]),
    onEvent: ({ changes }) => {
      if (changes.some(changesGroup)) {
        refill();
      }
    },
  });
  const projects = useMemo(() => <OpenProject batchId={batch.id} />, [batch.id]);
  return (
    <>
      <BatchHeader batch={batch} model={model} />
      <BatchTabs batch={batch} />
      {projects}
    </>
  );
}

/** Whether a project now belongs under another filter. */
function changesGroup({ from, to }: BatchProgress['changes'][number]): boolean {
  return from === null || groupOf(from) !== groupOf(to);
}

/** Says that projects have failed; not more often than one can listen to. */
function useFailureAnnouncements(failed: number): void {
  const { failures } = useTexts(BATCH_TEXTS);
  const [before, setBefore] = useState(failed);
  useEffect(() => {
    if (failed < before) {
      setBefore(failed);
    } else if (failed > before) {
      const timer = setTimeout(() => {
        announce(failures(failed));
        setBefore(failed);
      }, 2_000);
      return () => clearTimeout(timer);
    }
    return undefined;
  }, [failed, before, failures]);
}
