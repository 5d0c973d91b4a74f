import { useFragment } from '@apollo/client/react';
import { memo } from 'react';
import { Link } from 'wouter';
import { ProjectFieldsFragmentDoc } from '../../generated/dashboard-gql/graphql.ts';
import { BATCH_TEXTS } from '../batch/texts.ts';
import { projectToneOf } from '../batch/tones.ts';
import { useFormats } from '../text/format.ts';
import { useTexts } from '../text/locale.ts';
import { STATUS_TEXTS } from '../text/status-texts.ts';
import { ProgressBar } from '../widgets/progress-bar.tsx';
import { StatusBadge } from '../widgets/status-badge.tsx';
import type { Place } from './place.ts';
import { projectPath } from './project-path.ts';
import classes from './project-table.module.css';

/** One project, as the cache has it at every moment: no other row is drawn when it changes. */
export const ProjectRow = memo(function ProjectRow({
  batchId,
  projectId,
  index,
  top,
}: Place & { batchId: string; projectId: string }) {
  const texts = useTexts(BATCH_TEXTS);
  const { project: statuses } = useTexts(STATUS_TEXTS);
  const { number } = useFormats();
  const { data, complete } = useFragment({
    fragment: ProjectFieldsFragmentDoc,
    fragmentName: 'ProjectFields',
    from: { __typename: 'Project', id: projectId },
  });
  if (!complete) {
    return <EmptyRow index={index} top={top} />;
  }
  const tone = projectToneOf(data.status);
  return (
    <tr className={classes['row']} aria-rowindex={index + 2} data-project={projectId} style={{ top }}>
      <td className={classes['position']}>{number(data.position + 1)}</td>
      <td className={classes['name']}>
        <Link href={projectPath(batchId, projectId) + window.location.search} state={{ isOverBatch: true }}>
          {data.name}
        </Link>
      </td>
      <td className={classes['stage']}>
        <StatusBadge tone={tone}>{statuses[data.status]}</StatusBadge>
      </td>
      <td className={classes['progress']}>
        <ProgressBar value={data.progress} label={`${texts.progress}: ${data.name}`} tone={tone} />
      </td>
      <td className={classes['attempt']}>{number(data.attempt)}</td>
      <td className={classes['error']} title={data.errorMessage ?? undefined}>
        {data.errorMessage}
      </td>
    </tr>
  );
});

/** The place of a row that is still on its way, or can't be had. */
export function EmptyRow({ index, top, hasFailed = false }: Place & { hasFailed?: boolean }) {
  const texts = useTexts(BATCH_TEXTS);
  return (
    <tr className={`${classes['row']} ${classes['empty']}`} aria-rowindex={index + 2} style={{ top }}>
      <td colSpan={6}>{hasFailed ? texts.rowFailed : '…'}</td>
    </tr>
  );
}
