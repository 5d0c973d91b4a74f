import type { Database } from '../database/database.ts';
import type { ProjectStatus } from '../database/models.ts';
import { inTransaction, sqlOf } from '../database/transaction.ts';
import type { Run } from './claim.ts';
import type { ProjectQueue } from './queue.ts';
import { type StageUrls, writeStep } from './run-steps.ts';
import { RUNNING, type StageName, statusesOf } from './states.ts';

type Connection = Pick<Database, 'query'>;

/** Longest errorMessage, in code points. */
const ERROR_MESSAGE_MAX = 500;

/**
 * Records that a stage begins. Gives the status that the project then has: the stage's own, or
 * CANCELLED where the batch has been cancelled; undefined where the run is lost.
 */
export function startStage(database: Connection, run: Run, stage: StageName): Promise<ProjectStatus | undefined> {
  return writeStep(database, { run, kind: 'start', status: statusesOf(stage).working });
}

/** Records how far the present stage is, 0 to 1. False where the run is lost. */
export async function reportFraction(database: Connection, run: Run, fraction: number): Promise<boolean> {
  return (await writeStep(database, { run, kind: 'progress', fraction })) !== undefined;
}

/**
 * Records that a stage is done, also where the batch has been cancelled meanwhile: done is done.
 * Gives the status that the project then has; undefined where the run is lost.
 */
export function finishStage(
  database: Connection,
  run: Run,
  stage: StageName,
  urls: StageUrls,
): Promise<ProjectStatus | undefined> {
  return writeStep(database, { run, kind: 'finish', status: statusesOf(stage).done, ...urls });
}

/** Records that a stage has failed for good. What the project had reached stays. */
export async function failRun(database: Connection, run: Run, stage: StageName, reason: string): Promise<void> {
  // Cut twice: first roughly, as it may be of any size.
  const text = `${stage}: ${reason}`.slice(0, 4 * ERROR_MESSAGE_MAX);
  const message = [...text.replaceAll('\0', '').toWellFormed()].slice(0, ERROR_MESSAGE_MAX).join('');
  await writeStep(database, { run, kind: 'fail', status: 'FAILED', errorMessage: message });
}

/** What is counted of a run that is handed back, and when its project is due again. */
interface HandedBack {
  /** 1 where its stage has thrown. */
  tries: 0 | 1;
  /** 1 where its worker has died. */
  losses: 0 | 1;
  /** Undefined: at once. */
  delayMs?: number;
}

/**
 * Hands a project back because its stage has thrown; the stage is due again after delayMs. Counted
 * from the transaction's start and rounded down, as the queue counts from there, too: a job that is
 * due before its project would be refused and lost.
 */
export function postponeRun(
  { prisma }: Pick<Database, 'prisma'>,
  queue: ProjectQueue,
  run: Run,
  delayMs: number,
): Promise<void> {
  return handBack(prisma, queue, run, { tries: 1, losses: 0, delayMs });
}

/** Hands a project back as it is, so that another worker can go on with it at once. */
export function releaseRun({ prisma }: Pick<Database, 'prisma'>, queue: ProjectQueue, run: Run): Promise<void> {
  return handBack(prisma, queue, run, { tries: 0, losses: 0 });
}

/** Hands back a project whose run has ended without a word. Counts as a death of its worker. */
export function loseRun({ prisma }: Pick<Database, 'prisma'>, queue: ProjectQueue, run: Run): Promise<void> {
  return handBack(prisma, queue, run, { tries: 0, losses: 1 });
}

/** Fenced as a step is; with its job in the same transaction. */
function handBack(
  prisma: Database['prisma'],
  queue: ProjectQueue,
  run: Run,
  { tries, losses, delayMs }: HandedBack,
): Promise<void> {
  return inTransaction(prisma, async (tx) => {
    const [row] = await tx.$queryRaw<{ status: ProjectStatus }[]>`
      WITH batch AS MATERIALIZED (
        SELECT id, cancelled_at FROM batches WHERE id = ${run.batchId}::uuid FOR NO KEY UPDATE
      )
      UPDATE projects p SET
        status = CASE WHEN batch.cancelled_at IS NULL THEN p.status ELSE 'CANCELLED' END,
        worker_id = NULL,
        stage_tries = p.stage_tries + ${tries}::int,
        stage_losses = p.stage_losses + ${losses}::int,
        due_at = date_trunc('milliseconds', now()) + ${delayMs ?? null}::int * interval '1 millisecond'
      FROM batch
      WHERE p.id = ${run.projectId}::uuid AND p.batch_id = batch.id
        AND p.worker_id = ${run.workerId}::uuid AND p.claim = ${run.claim}::int
        AND p.status = ANY (${RUNNING}::project_status[])
      RETURNING p.status::text AS status`;
    if (row !== undefined && RUNNING.includes(row.status)) {
      await queue.enqueueStarted(sqlOf(tx), run.projectId, delayMs ?? 0);
    }
  });
}
