import { useFragment, useQuery } from '@apollo/client/react';
import { BatchFieldsFragmentDoc, BatchPaceDocument } from '../../generated/dashboard-gql/graphql.ts';
import { Loading, Notice } from '../frame/notices.tsx';
import { useTexts } from '../text/locale.ts';
import { Button } from '../widgets/button.tsx';
import { CompletionChart } from './completion-chart.tsx';
import classes from './pace-tab.module.css';
import { StageTable } from './stage-table.tsx';
import { PACE_TEXTS } from './texts.ts';
import { useRefetchOnChange } from './use-refetch-on-change.ts';

/** Points of the chart. */
const BUCKETS = 120;
/** How often they are asked for at most, while the batch changes. */
const REFETCH_MS = 2_000;

/** How fast a batch gets done: projects completed over time, and how long its stages take. Live. */
export default function PaceTab({ batchId }: { batchId: string }) {
  const texts = useTexts(PACE_TEXTS);
  const { data, error, refetch } = useQuery(BatchPaceDocument, { variables: { batchId, buckets: BUCKETS } });
  useRefetchOnChange(batchId, REFETCH_MS, refetch);
  const { data: batch } = useFragment({
    fragment: BatchFieldsFragmentDoc,
    fragmentName: 'BatchFields',
    from: { __typename: 'Batch', id: batchId },
  });
  if (data?.batch == null) {
    return error === undefined ? (
      <Loading />
    ) : (
      <Notice title={texts.failed}>
        <Button onClick={() => void refetch().catch(() => {})}>{texts.retry}</Button>
      </Notice>
    );
  }
  const { completions, stages } = data.batch;
  return (
    <div className={classes['pace']}>
      <section className={classes['card']} aria-labelledby="pace-chart">
        <h2 id="pace-chart">{texts.title}</h2>
        {completions.length < 2 ? (
          <Notice title={texts.notStarted} hint={texts.notStartedHint} />
        ) : (
          <CompletionChart points={completions} total={batch.totalProjects ?? 0} />
        )}
      </section>
      <section className={classes['card']} aria-labelledby="pace-stages">
        <h2 id="pace-stages">{texts.stages}</h2>
        <StageTable stages={stages} labelledBy="pace-stages" />
      </section>
    </div>
  );
}
