import { v7 as uuidv7 } from 'uuid';
import { type ClaimedProject, claimProjects, groupByBatch, LEASE_MS } from '../batches/claim.ts';
import { loseRun, releaseRun } from '../batches/run.ts';
import type { Database } from '../database/database.ts';
import type { Log } from '../log.ts';
import type { Studio } from '../studio/studio.ts';
import { inTrace } from '../tracing/span.ts';
import { every } from './every.ts';
import { startHousekeeping } from './housekeeping.ts';
import { type ActiveRun, beginLease, keepLease, LOST, STOPPING } from './lease.ts';
import { type DueJob, JOBS_CHANNEL, type JobQueue } from './queue.ts';
import { runProject } from './run-project.ts';
import type { StageMetrics } from './try-stage.ts';

/** How the engine works. */
export interface EngineOptions {
  database: Database;
  queue: JobQueue;
  studio: Studio;
  log: Log;
  /** Projects that run at once in this process. */
  concurrency: number;
  /** How often a stage is tried before its project is FAILED. */
  stageTries: number;
  /** How long one try of a stage may take, in milliseconds. */
  stageTimeoutMs: number;
  /** How long a stage that is told to stop may take to do so, in milliseconds. */
  stopGraceMs?: number;
  /** The pause after a stage's first failure, in milliseconds; doubled by each further one. */
  backoffMs?: number;
  /** Events older than so many days are deleted. */
  eventRetentionDays: number;
  /** How long running stages may go on when the engine is stopped, in milliseconds. */
  shutdownGraceMs: number;
  /** Who keeps figures of the stages; nobody unless told otherwise. */
  metrics?: StageMetrics | undefined;
}

/** A worker. Disposing of it takes no new work, lets stages end within the grace, and hands back the rest. */
export interface Engine extends AsyncDisposable {
  readonly workerId: string;
}

/** How often jobs are looked for without being told: for those whose backoff has ended. */
const POLL_MS = 500;
const HEARTBEAT_MS = 500;
const DEFAULT_BACKOFF_MS = 1_000;
const DEFAULT_STOP_GRACE_MS = 10_000;

/** Starts a worker: it takes projects from the queue and runs them through their stages. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { database, queue, concurrency, shutdownGraceMs } = options;
  const workerId = uuidv7();
  const log = options.log.child({ worker: workerId });
  const context = {
    ...options,
    log,
    backoffMs: options.backoffMs ?? DEFAULT_BACKOFF_MS,
    stopGraceMs: options.stopGraceMs ?? DEFAULT_STOP_GRACE_MS,
  };
  const active = new Map<string, ActiveRun>();
  /** What was begun and has not ended, with the project that it is about. */
  const tasks = new Map<Promise<void>, string>();
  let stopping = false;

  async function work(projectId: string, claims: Promise<Map<string, ClaimedProject>>): Promise<void> {
    const askedAtMs = performance.now();
    const claimed = (await claims).get(projectId);
    if (claimed === undefined) {
      return;
    }
    if (claimed.wasHeld) {
      options.metrics?.leaseLost();
    }
    // Where the answer took that long, as this process was stopped, another may have claimed it since.
    if (stopping || performance.now() - askedAtMs > LEASE_MS) {
      return releaseRun(database, queue, claimed.run);
    }
    const run = { claim: claimed.run.claim, controller: new AbortController() };
    // Where this worker was taken for dead, its own project may come back to it.
    active.get(projectId)?.controller.abort(LOST);
    active.set(projectId, run);
    try {
      await runProject(context, claimed, run.controller.signal, () => stopping);
    } finally {
      if (active.get(projectId) === run) {
        active.delete(projectId);
      }
    }
  }

  /** Together, as claims of one batch wait for each other; apart from those of others, which may be locked. */
  function beginAll(jobs: readonly DueJob[]): void {
    const ids = jobs.map(({ projectId }) => projectId);
    const claims = claimProjects(database, queue, workerId, ids);
    for (const job of jobs) {
      begin(job, claims);
    }
  }

  function begin({ projectId, trace }: DueJob, claims: Promise<Map<string, ClaimedProject>>): void {
    const done: Promise<void> = inTrace(trace, () => work(projectId, claims))
      .catch((error: unknown) => log.error({ err: error, project: projectId }, 'run failed'))
      .finally(() => {
        tasks.delete(done);
        fetchJobs.now();
      });
    tasks.set(done, projectId);
  }

  await beginLease(database, workerId);
  const heartbeat = every(HEARTBEAT_MS, log, async () => {
    for (const run of await keepLease(database, workerId, active, () => tasks.values())) {
      log.warn({ batch: run.batchId, project: run.projectId }, 'run without a worker, handed back');
      options.metrics?.leaseLost();
      await loseRun(database, queue, run);
    }
  });
  const fetchJobs = every(POLL_MS, log, async () => {
    const free = concurrency - tasks.size;
    if (free > 0 && !stopping) {
      for (const jobs of await groupByBatch(database, await queue.fetch(free))) {
        beginAll(jobs);
      }
    }
  });
  const housekeeping = startHousekeeping({ ...options, log });
  const listener = await database.listen(JOBS_CHANNEL, fetchJobs.now, fetchJobs.now);

  return {
    workerId,
    async [Symbol.asyncDispose]() {
      stopping = true;
      await listener[Symbol.asyncDispose]();
      await Promise.all([fetchJobs, housekeeping].map((task) => task[Symbol.asyncDispose]()));
      const overdue = setTimeout(() => {
        for (const { controller } of active.values()) {
          controller.abort(STOPPING);
        }
      }, shutdownGraceMs);
      await Promise.all(tasks.keys());
      clearTimeout(overdue);
      await heartbeat[Symbol.asyncDispose]();
      await database.prisma.worker
        .deleteMany({ where: { id: workerId } })
        .catch((error: unknown) => log.warn({ err: error }, 'worker not signed off'));
      log.info('engine stopped');
    },
  };
}
