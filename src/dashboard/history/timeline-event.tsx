import { memo } from 'react';
import { Link } from 'wouter';
import type { EventFieldsFragment } from '../../generated/dashboard-gql/graphql.ts';
import { projectToneOf } from '../batch/tones.ts';
import { projectPath } from '../projects/project-path.ts';
import { useFormats } from '../text/format.ts';
import { useTexts } from '../text/locale.ts';
import { STATUS_TEXTS } from '../text/status-texts.ts';
import { StatusBadge, type Tone } from '../widgets/status-badge.tsx';
import { milestoneToneOf } from './milestones.ts';
import { sinceStartMs } from './since-start.ts';
import { HISTORY_TEXTS } from './texts.ts';
import classes from './timeline.module.css';

/** One event: what happened, when exactly, and how long after the start of the batch. */
export const TimelineEvent = memo(function TimelineEvent({
  batchId,
  event,
  startedAt,
}: {
  batchId: string;
  event: EventFieldsFragment;
  startedAt: string | null;
}) {
  const texts = useTexts(HISTORY_TEXTS);
  const { exactMoment, preciseDuration } = useFormats();
  const ms = sinceStartMs(startedAt, event.at);
  return (
    <div className={classes['event']} data-kind={event.kind} data-tone={toneOf(event)}>
      <time className={classes['time']} dateTime={event.at} title={event.at}>
        {exactMoment(event.at)}
      </time>
      <span className={classes['since']}>
        {ms !== undefined && (
          <span title={texts.sinceStartHint(preciseDuration(ms))}>{texts.sinceStart(preciseDuration(ms))}</span>
        )}
      </span>
      <span className={classes['mark']} aria-hidden="true" />
      <div className={classes['what']}>
        <What batchId={batchId} event={event} />
      </div>
    </div>
  );
});

function What({ batchId, event: { kind, change } }: { batchId: string; event: EventFieldsFragment }) {
  const texts = useTexts(HISTORY_TEXTS);
  const { project: statuses } = useTexts(STATUS_TEXTS);
  if (kind !== 'PROJECT_STATUS_CHANGED') {
    return <strong className={classes['milestone']}>{texts.kinds[kind]}</strong>;
  }
  return (
    change !== null && (
      <>
        <Link
          href={projectPath(batchId, change.project.id) + window.location.search}
          state={{ isOverBatch: true }}
          className={classes['project']}
        >
          {change.project.name}
        </Link>
        <StatusBadge tone={projectToneOf(change.to)} isPast>
          {statuses[change.to]}
        </StatusBadge>
        {change.from !== null && <span className={classes['from']}>{texts.from(statuses[change.from])}</span>}
      </>
    )
  );
}

function toneOf({ kind, change }: EventFieldsFragment): Tone | undefined {
  return kind === 'PROJECT_STATUS_CHANGED'
    ? change === null
      ? undefined
      : projectToneOf(change.to)
    : milestoneToneOf(kind);
}
