import { isPromise } from 'node:util/types';
import type { ClaimedProject, Run } from '../batches/claim.ts';
import { failRun, postponeRun, releaseRun } from '../batches/run.ts';
import type { Database } from '../database/database.ts';
import type { Log } from '../log.ts';
import { PermanentStageError, type Stage, type StageResult } from '../studio/stage.ts';
import type { Studio } from '../studio/studio.ts';
import { LOST } from './lease.ts';
import { persist } from './persist.ts';
import { ProgressReporter } from './progress-reporter.ts';
import type { JobQueue } from './queue.ts';
import { limitTime, untilEndOrGrace } from './time-limit.ts';

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
  const { database, log, signal } = context;
  const { run } = project;
  const startedAt = performance.now();
  const durationMs = () => Math.round(performance.now() - startedAt);
  const progress = new ProgressReporter(database, run, log);
  log.debug({ stage }, 'stage started');
  try {
    const result = await runWithin(context, project, stage, progress);
    await progress.end();
    log.info({ stage, durationMs: durationMs() }, 'stage finished');
    return result;
  } catch (error) {
    await progress.end();
    if (signal.aborted) {
      log.info({ stage, durationMs: durationMs(), reason: reasonOf(signal.reason) }, 'stage aborted');
      await letGo(context, run);
    } else {
      log.warn({ stage, durationMs: durationMs(), tries: tries + 1, err: error }, 'stage failed');
      await recover(context, run, stage, tries, error);
    }
    return undefined;
  }
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
  { database, queue, log, signal, stageTries, backoffMs }: RunContext,
  run: Run,
  stage: Stage,
  tries: number,
  error: unknown,
): Promise<void> {
  if (isPermanent(error) || tries + 1 >= stageTries) {
    return persist(log, () => failRun(database, run, stage, reasonOf(error)), signal);
  }
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
