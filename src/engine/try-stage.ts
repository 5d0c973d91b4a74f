import { isPromise } from 'node:util/types';
import type { ClaimedProject, Run } from '../batches/claim.ts';
import { failRun, postponeRun, releaseRun } from '../batches/run.ts';
import type { Database } from '../database/database.ts';
import type { Log } from '../log.ts';
import { PermanentStageError, type Stage, type StageResult } from '../studio/stage.ts';
import type { Studio } from '../studio/studio.ts';
import { inSpan, nameOf, note, type SpanOf } from '../tracing/span.ts';
import { LOST } from './lease.ts';
import { persist } from './persist.ts';
import { ProgressReporter } from './progress-reporter.ts';
import type { JobQueue } from './queue.ts';
import { limitTime, untilEndOrGrace } from './time-limit.ts';

/** Who keeps figures of stages; see src/metrics/stages.ts. */
export interface StageMetrics {
  /** One run of a stage is over; aborted for a cancel, a stop or a lost claim. */
  ended(stage: Stage, outcome: 'finished' | 'failed' | 'aborted', seconds: number): void;
  /** A stage that failed will be tried again. */
  retried(stage: Stage): void;
  /** A project was taken over from a worker that had died, or held without being run. */
  leaseLost(): void;
}

/** What a run needs. */
export interface RunContext {
  database: Database;
  queue: JobQueue;
  studio: Studio;
  log: Log;
  /** How often a stage is tried before its project is FAILED. */
  stageTries: number;
  /** How long one try of a stage may take, in milliseconds. */
  stageTimeoutMs: number;
  /** How long a stage that is told to stop may take to do so, in milliseconds. */
  stopGraceMs: number;
  /** The pause after a stage's first failure, in milliseconds. */
  backoffMs: number;
  /** Nobody unless told otherwise. */
  metrics?: StageMetrics | undefined;
  /** Aborted with one of the reasons in lease.ts. */
  signal: AbortSignal;
}

/** A stage that has thrown waits for a quarter more than this at the most. */
export const MAX_BACKOFF_MS = 60_000;

/**
 * Runs one stage, which has thrown `tries` times before. Undefined where it did not finish; then
 * the project has been handed back, has failed, has been cancelled, or is lost.
 */
export async function tryStage(
  context: RunContext,
  project: ClaimedProject,
  stage: Stage,
  tries: number,
): Promise<StageResult | undefined> {
  const { database, log, signal, metrics } = context;
  const { run } = project;
  const startedAt = performance.now();
  const ended = (outcome: 'finished' | 'failed' | 'aborted') => {
    const durationMs = performance.now() - startedAt;
    metrics?.ended(stage, outcome, durationMs / 1_000);
    return { stage, durationMs: Math.round(durationMs) };
  };
  const progress = new ProgressReporter(database, run, log);
  log.debug({ stage }, 'stage started');
  try {
    const result = await inSpan(spanOf(context, project, stage, tries), () =>
      runWithin(context, project, stage, progress),
    );
    await progress.end();
    log.info(ended('finished'), 'stage finished');
    return result;
  } catch (error) {
    await progress.end();
    if (signal.aborted) {
      log.info({ ...ended('aborted'), reason: reasonOf(signal.reason) }, 'stage aborted');
      await letGo(context, run);
    } else {
      log.warn({ ...ended('failed'), tries: tries + 1, err: error }, 'stage failed');
      await recover(context, run, stage, tries, error);
    }
    return undefined;
  }
}

/** What a stage that fails says stands in its project, too. One that was told to stop has not failed. */
function spanOf({ signal }: RunContext, { run, attempt }: ClaimedProject, stage: Stage, tries: number): SpanOf {
  return {
    name: `stage ${stage}`,
    attributes: {
      'showrunner.batch.id': run.batchId,
      'showrunner.project.id': run.projectId,
      'showrunner.project.attempt': attempt,
      'showrunner.stage': stage,
      'showrunner.stage.try': tries + 1,
    },
    errorOf: (error) => (signal.aborted ? undefined : { ...nameOf(error), message: reasonOf(error) }),
  };
}

/**
 * Runs the stage for as long as one may take. One that is told to stop and does not is let go of,
 * so that it keeps neither its project nor its place here; what it still writes is off every real
 * name, and its result reaches nobody.
 */
async function runWithin(
  { studio, log, signal: outer, stageTimeoutMs, stopGraceMs }: RunContext,
  { run, name, content }: ClaimedProject,
  stage: Stage,
  progress: ProgressReporter,
): Promise<StageResult> {
  using limit = limitTime(outer, stageTimeoutMs);
  const { signal } = limit;
  try {
    const work = studio.run(stage, {
      project: { id: run.projectId, batchId: run.batchId, name, content },
      signal,
      onProgress: (fraction) => progress.report(fraction),
    });
    return await untilEndOrGrace(work, signal, stopGraceMs, () =>
      log.error({ stage, graceMs: stopGraceMs, reason: reasonOf(signal.reason) }, 'stage does not stop, let go of'),
    );
  } catch (error) {
    // Where a promise was thrown, its rejection would end the process if nobody heard it.
    if (isPromise(error)) {
      error.catch(() => undefined);
    }
    // Whatever broke because of the abort, the abort is why.
    throw signal.aborted ? signal.reason : error;
  }
}

/** Hands the project back, or makes it CANCELLED where its batch is; leaves it alone where it is lost. */
export async function letGo({ database, queue, log, signal }: RunContext, run: Run): Promise<void> {
  if (signal.reason !== LOST) {
    await persist(log, () => releaseRun(database, queue, run), signal);
  }
}

/** Has the stage tried again after a pause that doubles, unless that is of no use or was done enough. */
function recover(
  { database, queue, log, signal, metrics, stageTries, backoffMs }: RunContext,
  run: Run,
  stage: Stage,
  tries: number,
  error: unknown,
): Promise<void> {
  if (isPermanent(error) || tries + 1 >= stageTries) {
    note({ 'showrunner.project.status': 'FAILED' });
    return persist(log, () => failRun(database, run, stage, reasonOf(error)), signal);
  }
  metrics?.retried(stage);
  const pauseMs = Math.min(backoffMs * 2 ** tries, MAX_BACKOFF_MS);
  const delayMs = Math.round(pauseMs * (1 + Math.random() / 4));
  return persist(log, () => postponeRun(database, queue, run, delayMs), signal);
}

/** Asking what something is may throw as well. */
function isPermanent(error: unknown): boolean {
  try {
    return error instanceof PermanentStageError;
  } catch {
    return false;
  }
}

/** Anything can be thrown, also what no text can be made of. */
function reasonOf(error: unknown): string {
  try {
    return error instanceof Error ? `${error.message}` || error.name : String(error);
  } catch {
    return 'an error that cannot be put into words';
  }
}
