import type { Database, PrismaTransaction } from '../database/database.ts';
import { Prisma, type ProjectStatus } from '../database/models.ts';
import { inTransaction } from '../database/transaction.ts';
import type { Run } from './claim.ts';
import type { ProjectQueue } from './queue.ts';
import { RUNNING, type StageName, statusesOf } from './states.ts';

/** What a finished stage leaves for clients; paths under the service's own address, or full URLs. */
export interface StageUrls {
  videoUrl?: string | undefined;
  thumbnailUrl?: string | undefined;
  captionsUrl?: string | undefined;
  youtubeUrl?: string | undefined;
}

type Connection = Pick<Database, 'prisma'>;

/** Longest errorMessage, in code points. */
const ERROR_MESSAGE_MAX = 500;

/**
 * Records that a stage begins. Gives the status that the project then has: the stage's own, or
 * CANCELLED where the batch has been cancelled; undefined where the run is lost.
 */
export function startStage({ prisma }: Connection, run: Run, stage: StageName): Promise<ProjectStatus | undefined> {
  const { working } = statusesOf(stage);
  return inTransaction(prisma, (tx) => write(tx, run, unlessCancelled(working)));
}

/** Records how far the present stage is, 0 to 1. False where the run is lost. */
export async function reportFraction({ prisma }: Connection, run: Run, fraction: number): Promise<boolean> {
  const status = await inTransaction(prisma, (tx) =>
    write(tx, run, Prisma.sql`fraction = GREATEST(p.fraction, ${fraction}::float8)`),
  );
  return status !== undefined;
}

/**
 * Records that a stage is done, also where the batch has been cancelled meanwhile: done is done.
 * Gives the status that the project then has; undefined where the run is lost.
 */
export function finishStage(
  { prisma }: Connection,
  run: Run,
  stage: StageName,
  urls: StageUrls,
): Promise<ProjectStatus | undefined> {
  const { done } = statusesOf(stage);
  return inTransaction(prisma, (tx) =>
    write(
      tx,
      run,
      Prisma.sql`
        status = ${done}::project_status,
        stage_tries = 0,
        stage_losses = 0,
        video_url = COALESCE(${urls.videoUrl ?? null}, p.video_url),
        thumbnail_url = COALESCE(${urls.thumbnailUrl ?? null}, p.thumbnail_url),
        captions_url = COALESCE(${urls.captionsUrl ?? null}, p.captions_url),
        youtube_url = COALESCE(${urls.youtubeUrl ?? null}, p.youtube_url)`,
    ),
  );
}

/** Records that a stage has failed for good. What the project had reached stays. */
export async function failRun({ prisma }: Connection, run: Run, stage: StageName, reason: string): Promise<void> {
  // Cut twice: first roughly, as it may be of any size.
  const text = `${stage}: ${reason}`.slice(0, 4 * ERROR_MESSAGE_MAX);
  const message = [...text.replaceAll('\0', '').toWellFormed()].slice(0, ERROR_MESSAGE_MAX).join('');
  await inTransaction(prisma, (tx) =>
    write(
      tx,
      run,
      Prisma.sql`
        status = ${'FAILED'}::project_status,
        stage_tries = p.stage_tries + 1,
        error_message = ${message}`,
    ),
  );
}

/**
 * Hands a project back because its stage has thrown; the stage is due again after delayMs. Counted
 * from the transaction's start and rounded down, as the queue counts from there, too: a job that is
 * due before its project would be refused and lost.
 */
export async function postponeRun(
  { prisma }: Connection,
  queue: ProjectQueue,
  run: Run,
  delayMs: number,
): Promise<void> {
  await handBack(
    prisma,
    queue,
    run,
    Prisma.sql`
      stage_tries = p.stage_tries + 1,
      due_at = date_trunc('milliseconds', now()) + ${delayMs} * interval '1 millisecond'`,
    delayMs,
  );
}

/** Hands a project back as it is, so that another worker can go on with it at once. */
export async function releaseRun({ prisma }: Connection, queue: ProjectQueue, run: Run): Promise<void> {
  await handBack(prisma, queue, run, Prisma.sql`due_at = NULL`, 0);
}

/** Hands back a project whose run has ended without a word. Counts as a death of its worker. */
export async function loseRun({ prisma }: Connection, queue: ProjectQueue, run: Run): Promise<void> {
  await handBack(prisma, queue, run, Prisma.sql`due_at = NULL, stage_losses = p.stage_losses + 1`, 0);
}

function handBack(
  prisma: Database['prisma'],
  queue: ProjectQueue,
  run: Run,
  set: Prisma.Sql,
  delayMs: number,
): Promise<void> {
  return inTransaction(prisma, async (tx) => {
    const kept = Prisma.sql`p.status`;
    const status = await write(tx, run, Prisma.sql`${unlessCancelled(kept)}, worker_id = NULL, ${set}`);
    if (status !== undefined && RUNNING.includes(status)) {
      await queue.enqueueStarted(tx, run.projectId, delayMs);
    }
  });
}

function unlessCancelled(status: ProjectStatus | Prisma.Sql): Prisma.Sql {
  const otherwise = typeof status === 'string' ? Prisma.sql`${status}::project_status` : status;
  return Prisma.sql`
    status = CASE WHEN batch.cancelled_at IS NULL THEN ${otherwise} ELSE 'CANCELLED' END`;
}

/**
 * Changes the project while the run still holds it, in the lock order batch, project. Gives the
 * status afterwards; undefined where the run is lost, and then nothing was changed.
 */
async function write(
  tx: PrismaTransaction,
  { projectId, batchId, workerId, claim }: Run,
  set: Prisma.Sql,
): Promise<ProjectStatus | undefined> {
  const rows = await tx.$queryRaw<{ status: ProjectStatus }[]>`
    WITH batch AS MATERIALIZED (
      SELECT id, cancelled_at FROM batches WHERE id = ${batchId}::uuid FOR NO KEY UPDATE
    )
    UPDATE projects p SET ${set}
    FROM batch
    WHERE p.id = ${projectId}::uuid AND p.batch_id = batch.id
      AND p.claim = ${claim} AND p.worker_id = ${workerId}::uuid
      AND p.status = ANY (${RUNNING}::project_status[])
    RETURNING p.status::text AS status`;
  return rows[0]?.status;
}
