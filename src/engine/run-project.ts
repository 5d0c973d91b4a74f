import type { ClaimedProject } from '../batches/claim.ts';
import { failRun, finishStage, startStage } from '../batches/run.ts';
import { statusesOf } from '../batches/states.ts';
import { within } from '../database/within.ts';
import { STAGES, type Stage } from '../studio/stage.ts';
import { inSpan, note } from '../tracing/span.ts';
import { persist } from './persist.ts';
import { discardFinishedWork } from './sweep-work.ts';
import { letGo, type RunContext, tryStage } from './try-stage.ts';

/** A project whose worker has died so often in one stage is taken to be the cause. */
const MAX_STAGE_LOSSES = 10;

/**
 * Runs a claimed project through the stages that it has left. Returns once the project has ended,
 * has been handed back or is lost. `isStopping` is asked between stages.
 */
export function runProject(
  context: Omit<RunContext, 'signal'>,
  project: ClaimedProject,
  signal: AbortSignal,
  isStopping: () => boolean,
): Promise<void> {
  const { run, attempt, status, stagesDone } = project;
  const attributes = {
    'showrunner.batch.id': run.batchId,
    'showrunner.project.id': run.projectId,
    'showrunner.project.attempt': attempt,
    'showrunner.project.status': status,
    'showrunner.project.stages_done': stagesDone,
    'showrunner.worker.id': run.workerId,
  };
  return inSpan({ name: 'run project', attributes, isReceived: true }, () =>
    runStages(context, project, signal, isStopping),
  );
}

async function runStages(
  context: Omit<RunContext, 'signal'>,
  project: ClaimedProject,
  signal: AbortSignal,
  isStopping: () => boolean,
): Promise<void> {
  const { run, attempt, stageLosses, stagesDone } = project;
  const log = context.log.child({ batch: run.batchId, project: run.projectId, attempt });
  const each: RunContext = { ...context, log, signal };
  // All five where plain SQL has sent a completed project back: then the last is done again.
  const stages = STAGES.slice(Math.min(stagesDone, STAGES.length - 1));
  if (stages[0] !== undefined && stageLosses >= MAX_STAGE_LOSSES) {
    return abandon(each, project, stages[0]);
  }
  for (const [index, stage] of stages.entries()) {
    if (isStopping() || signal.aborted) {
      return letGo(each, run);
    }
    const tries = index === 0 ? project.stageTries : 0;
    if (!(await runStage(each, project, stage, tries))) {
      return discardLostWork(each, run.projectId);
    }
  }
  await discardWork(each, run.projectId);
}

/** True where the stage is done and recorded; else the project has been dealt with. */
async function runStage(context: RunContext, project: ClaimedProject, stage: Stage, tries: number): Promise<boolean> {
  const { database, log, signal } = context;
  const { run } = project;
  // A claim has begun the first of them already, unless the project was handed back between two.
  const isStarted = project.status === statusesOf(stage).working;
  const started = isStarted ? project.status : await persist(log, () => startStage(database, run, stage), signal);
  note({ 'showrunner.project.status': started ?? 'lost' });
  if (started === undefined || started === 'CANCELLED') {
    log.info({ stage, status: started ?? 'lost' }, 'stage not started');
    return false;
  }
  const result = await tryStage(context, project, stage, tries);
  if (result === undefined) {
    return false;
  }
  const status = await persist(log, () => finishStage(database, run, stage, result), signal);
  note({ 'showrunner.project.status': status ?? 'lost' });
  if (status === undefined) {
    log.warn({ stage }, 'stage finished for nobody: the project is no longer held by this worker');
  }
  return status !== undefined;
}

function abandon(context: RunContext, project: ClaimedProject, stage: Stage): Promise<void> {
  const { database, log, signal } = context;
  const reason = `its worker died ${project.stageLosses} times`;
  log.error({ stage, losses: project.stageLosses }, 'project given up');
  note({ 'showrunner.project.status': 'FAILED' });
  return persist(log, () => failRun(database, project.run, stage, reason), signal);
}

/**
 * Where another worker has completed the project meanwhile, and removed the work on it, this one may
 * have begun that anew before it noticed.
 */
function discardLostWork(context: RunContext, projectId: string): Promise<void> {
  const { database, studio, log } = context;
  return inTime(context, () => discardFinishedWork(database, studio, log, [projectId]));
}

function discardWork(context: RunContext, projectId: string): Promise<void> {
  return inTime(context, () => context.studio.discardWork(projectId));
}

/** A disk that hangs must not keep the place of the project that is next. What cannot be removed now is removed later. */
async function inTime({ log, stopGraceMs }: RunContext, remove: () => Promise<void>): Promise<void> {
  try {
    await within(stopGraceMs, remove(), () => Promise.reject(new Error('the disk hangs')));
  } catch (error) {
    log.warn({ err: error }, 'work folder not removed');
  }
}
