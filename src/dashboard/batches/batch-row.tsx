import { useFragment } from '@apollo/client/react';
import { Link } from 'wouter';
import { type BatchFieldsFragment, BatchFieldsFragmentDoc } from '../../generated/dashboard-gql/graphql.ts';
import { BatchActions } from '../actions/batch-actions.tsx';
import { BATCH_TEXTS } from '../batch/texts.ts';
import { toneOf } from '../batch/tones.ts';
import { useFormats } from '../text/format.ts';
import { useTexts } from '../text/locale.ts';
import { STATUS_TEXTS } from '../text/status-texts.ts';
import { Elapsed } from '../widgets/elapsed.tsx';
import { ProgressBar } from '../widgets/progress-bar.tsx';
import { StackedBar } from '../widgets/stacked-bar.tsx';
import { StatusBadge } from '../widgets/status-badge.tsx';
import classes from './batch-table.module.css';
import { LIST_TEXTS } from './texts.ts';

/** One batch in the list, as the cache has it at every moment. */
export function BatchRow({ batchId }: { batchId: string }) {
  const { data, complete } = useFragment({
    fragment: BatchFieldsFragmentDoc,
    fragmentName: 'BatchFields',
    from: { __typename: 'Batch', id: batchId },
  });
  return complete ? <Row batch={data} /> : null;
}

function Row({ batch }: { batch: BatchFieldsFragment }) {
  const texts = useTexts(LIST_TEXTS);
  const { done } = useTexts(BATCH_TEXTS);
  const { batch: statuses } = useTexts(STATUS_TEXTS);
  const { moment } = useFormats();
  const tone = toneOf(batch.status);
  return (
    <tr className={classes['row']} data-batch={batch.id}>
      <td className={classes['name']}>
        <Link href={`/batches/${batch.id}`}>{batch.name}</Link>
      </td>
      <td>
        <StatusBadge tone={tone}>{statuses[batch.status]}</StatusBadge>
      </td>
      <td className={classes['progress']}>
        <ProgressBar value={batch.progress} label={`${texts.progress}: ${batch.name}`} tone={tone} />
      </td>
      <td className={classes['counts']}>
        <StackedBar batch={batch} label={texts.projects} legend={false} />
        <p className={classes['countLine']}>{done(batch.completedProjects, batch.totalProjects)}</p>
      </td>
      <td className={`${classes['time']} ${classes['started']}`}>
        {batch.startedAt === null ? texts.notStarted : moment(batch.startedAt)}
      </td>
      <td className={classes['time']}>
        <Elapsed from={batch.startedAt} to={batch.finishedAt} />
      </td>
      <td className={classes['actions']}>
        <BatchActions batch={batch} compact />
      </td>
    </tr>
  );
}
