import type { BatchFieldsFragment } from '../../generated/dashboard-gql/graphql.ts';
import { BatchActions } from '../actions/batch-actions.tsx';
import { useFormats } from '../text/format.ts';
import { useTexts } from '../text/locale.ts';
import { STATUS_TEXTS } from '../text/status-texts.ts';
import { Elapsed } from '../widgets/elapsed.tsx';
import { Fact, Facts } from '../widgets/facts.tsx';
import { ProgressBar } from '../widgets/progress-bar.tsx';
import { StackedBar } from '../widgets/stacked-bar.tsx';
import { StatusBadge } from '../widgets/status-badge.tsx';
import classes from './batch-header.module.css';
import { Remaining } from './remaining.tsx';
import { BATCH_TEXTS } from './texts.ts';
import { toneOf } from './tones.ts';

/** What there is to say of a batch as a whole. */
export function BatchHeader({ batch, model }: { batch: BatchFieldsFragment; model: string }) {
  const texts = useTexts(BATCH_TEXTS);
  const { batch: statuses } = useTexts(STATUS_TEXTS);
  const { moment } = useFormats();
  const { name, status, progress, startedAt, finishedAt, createdAt, failureLimit } = batch;
  return (
    <section className={classes['header']} aria-label={name}>
      <div className={classes['top']}>
        <div className={classes['title']}>
          <h1>{name}</h1>
          <StatusBadge tone={toneOf(status)}>{statuses[status]}</StatusBadge>
        </div>
        <BatchActions batch={batch} />
      </div>
      <Outcome batch={batch} />
      <ProgressBar value={progress} label={`${texts.progress}: ${name}`} tone={toneOf(status)} />
      <StackedBar batch={batch} label={texts.states} legend />
      <Facts>
        <Fact name={texts.elapsed}>
          <Elapsed from={startedAt} to={finishedAt} />
        </Fact>
        {finishedAt === null && (
          <Fact name={texts.remaining}>
            <Remaining batchId={batch.id} />
          </Fact>
        )}
        <Fact name={texts.created}>{moment(createdAt)}</Fact>
        {finishedAt !== null && <Fact name={texts.finished}>{moment(finishedAt)}</Fact>}
        <Fact name={texts.model}>{model}</Fact>
      </Facts>
      {failureLimit !== null && <p className={classes['note']}>{texts.failureLimit(failureLimit)}</p>}
    </section>
  );
}

/** What came of a batch that takes up nothing more: that it has ended, or what is left to end. */
function Outcome({ batch }: { batch: BatchFieldsFragment }) {
  const texts = useTexts(BATCH_TEXTS);
  const said = texts.ended[batch.status];
  if (said === undefined) {
    return null;
  }
  const { completedProjects, failedProjects, cancelledProjects, runningProjects, finishedAt } = batch;
  const rest =
    finishedAt === null
      ? texts.draining(runningProjects)
      : texts.endedText(completedProjects, failedProjects, cancelledProjects);
  return (
    <p className={classes['outcome']} data-tone={toneOf(batch.status)}>
      <strong>{said}</strong> {rest}
    </p>
  );
}
