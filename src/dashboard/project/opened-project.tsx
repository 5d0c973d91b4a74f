import { Dialog } from '@base-ui/react/dialog';
import type { ProjectDetailQuery, ProjectFieldsFragment } from '../../generated/dashboard-gql/graphql.ts';
import { ACTION_TEXTS } from '../actions/texts.ts';
import { projectToneOf } from '../batch/tones.ts';
import { useMayControl } from '../session/use-viewer.ts';
import { useFormats } from '../text/format.ts';
import { useTexts } from '../text/locale.ts';
import { STATUS_TEXTS } from '../text/status-texts.ts';
import { Button } from '../widgets/button.tsx';
import { Disclosure } from '../widgets/disclosure.tsx';
import { Elapsed } from '../widgets/elapsed.tsx';
import { Fact, Facts } from '../widgets/facts.tsx';
import { ProgressBar } from '../widgets/progress-bar.tsx';
import { StatusBadge } from '../widgets/status-badge.tsx';
import { CopyButton } from './copy-button.tsx';
import { HistoryList } from './history-list.tsx';
import classes from './project-dialog.module.css';
import { ProjectText } from './project-text.tsx';
import { StageSteps } from './stage-steps.tsx';
import { PROJECT_TEXTS } from './texts.ts';
import { useRetryProject } from './use-retry-project.ts';
import { VideoSection } from './video-section.tsx';

/** What never changes of a project; undefined until it has come. */
type Detail = NonNullable<ProjectDetailQuery['project']> | undefined;

/** All that there is to know of one project. */
export function OpenedProject({
  project,
  detail,
  onRetried,
}: {
  project: ProjectFieldsFragment;
  detail: Detail;
  onRetried: () => void;
}) {
  const texts = useTexts(PROJECT_TEXTS);
  const { retry: retryText } = useTexts(ACTION_TEXTS);
  const { retry, isBusy } = useRetryProject(project, detail?.batch.id, onRetried);
  const mayControl = useMayControl();
  const { id, name, status, progress, errorMessage, version } = project;
  return (
    <>
      <div className={classes['head']}>
        <Dialog.Title className={classes['title']}>{name}</Dialog.Title>
        {mayControl && (status === 'FAILED' || status === 'CANCELLED') && (
          <Button
            icon="retry"
            disabled={isBusy || detail === undefined}
            focusableWhenDisabled
            onClick={() => void retry()}
          >
            {retryText}
          </Button>
        )}
      </div>
      <ProgressBar value={progress} label={texts.progress} tone={projectToneOf(status)} />
      <StageSteps project={project} />
      {errorMessage !== null && (
        <section className={classes['error']} aria-label={texts.error}>
          <p data-testid="project-error">{errorMessage}</p>
          <CopyButton text={errorMessage} />
        </section>
      )}
      <ProjectFacts project={project} model={detail?.geminiModel} />
      <VideoSection project={project} />
      <section className={classes['section']} aria-labelledby="project-text">
        <h3 id="project-text">{texts.text}</h3>
        <Disclosure title={texts.readText}>
          <ProjectText projectId={id} />
        </Disclosure>
      </section>
      <section className={classes['section']} aria-labelledby="project-history">
        <h3 id="project-history">{texts.history}</h3>
        <HistoryList projectId={id} version={version} createdAt={detail?.createdAt} />
      </section>
    </>
  );
}

/** Which project this is and how it is doing: in sight however far one has read. */
export function ProjectBar({ project: { position, status } }: { project: ProjectFieldsFragment }) {
  const texts = useTexts(PROJECT_TEXTS);
  const { project: statuses } = useTexts(STATUS_TEXTS);
  const { number } = useFormats();
  return (
    <>
      <p className={classes['position']}>{texts.position(number(position + 1))}</p>
      <span role="status" data-testid="project-status">
        <StatusBadge tone={projectToneOf(status)}>{statuses[status]}</StatusBadge>
      </span>
    </>
  );
}

function ProjectFacts({ project, model }: { project: ProjectFieldsFragment; model: string | undefined }) {
  const texts = useTexts(PROJECT_TEXTS);
  const { number, exactMoment } = useFormats();
  const { attempt, startedAt, finishedAt } = project;
  return (
    <Facts>
      <Fact name={texts.attempt} testId="project-attempt">
        {number(attempt)}
      </Fact>
      <Fact name={texts.started}>{startedAt === null ? texts.notStarted : exactMoment(startedAt)}</Fact>
      <Fact name={texts.elapsed}>
        <Elapsed from={startedAt} to={finishedAt} />
      </Fact>
      <Fact name={texts.model}>{model ?? '…'}</Fact>
    </Facts>
  );
}
