import type { Database } from '../database/database.ts';
import type { ProjectStatus } from '../database/models.ts';
import type { Statement } from '../database/statement.ts';
import { inTransaction, retried } from '../database/transaction.ts';
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

type Connection = Pick<Database, 'query'>;

/** Longest errorMessage, in code points. */
const ERROR_MESSAGE_MAX = 500;

const RUNNING_LIST = RUNNING.map((status) => `'${status}'`).join(', ');
const unlessCancelled = (status: string) =>
  `status = CASE WHEN batch.cancelled_at IS NULL THEN ${status} ELSE 'CANCELLED' END`;

/**
 * A statement that changes a project while a run still holds it, in the lock order batch, project.
 * Its first values are those of the run. Gives the status afterwards; no row where the run is lost,
 * and then nothing was changed.
 */
function fenced(name: string, set: string): Statement {
  return {
    name,
    text: `
      WITH batch AS MATERIALIZED (
        SELECT id, cancelled_at FROM batches WHERE id = $1::uuid FOR NO KEY UPDATE
      )
      UPDATE projects p SET ${set}
      FROM batch
      WHERE p.id = $2::uuid AND p.batch_id = batch.id AND p.worker_id = $3::uuid AND p.claim = $4::int
        AND p.status IN (${RUNNING_LIST})
      RETURNING p.status::text AS status`,
  };
}

const START_STAGE = fenced('start_stage', unlessCancelled('$5::project_status'));
const REPORT_FRACTION = fenced('report_fraction', 'fraction = GREATEST(p.fraction, $5::float8)');
const FINISH_STAGE = fenced(
  'finish_stage',
  `status = $5::project_status,
   stage_tries = 0,
   stage_losses = 0,
   video_url = COALESCE($6::text, p.video_url),
   thumbnail_url = COALESCE($7::text, p.thumbnail_url),
   captions_url = COALESCE($8::text, p.captions_url),
   youtube_url = COALESCE($9::text, p.youtube_url)`,
);
const FAIL_RUN = fenced('fail_run', `status = 'FAILED', stage_tries = p.stage_tries + 1, error_message = $5::text`);
const HAND_BACK = fenced(
  'hand_back',
  `${unlessCancelled('p.status')},
   worker_id = NULL,
   stage_tries = p.stage_tries + $5::int,
   stage_losses = p.stage_losses + $6::int,
   due_at = date_trunc('milliseconds', now()) + $7::int * interval '1 millisecond'`,
);

const valuesOf = ({ batchId, projectId, workerId, claim }: Run) => [batchId, projectId, workerId, claim];

/** One statement is a transaction, and one round trip instead of three. */
async function write(
  database: Connection,
  statement: Statement,
  run: Run,
  values: readonly unknown[],
): Promise<ProjectStatus | undefined> {
  const [row] = await retried(() =>
    database.query<{ status: ProjectStatus }>(statement, [...valuesOf(run), ...values]),
  );
  return row?.status;
}

/**
 * Records that a stage begins. Gives the status that the project then has: the stage's own, or
 * CANCELLED where the batch has been cancelled; undefined where the run is lost.
 */
export function startStage(database: Connection, run: Run, stage: StageName): Promise<ProjectStatus | undefined> {
  return write(database, START_STAGE, run, [statusesOf(stage).working]);
}

/** Records how far the present stage is, 0 to 1. False where the run is lost. */
export async function reportFraction(database: Connection, run: Run, fraction: number): Promise<boolean> {
  return (await write(database, REPORT_FRACTION, run, [fraction])) !== undefined;
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
  const { done } = statusesOf(stage);
  const { videoUrl = null, thumbnailUrl = null, captionsUrl = null, youtubeUrl = null } = urls;
  return write(database, FINISH_STAGE, run, [done, videoUrl, thumbnailUrl, captionsUrl, youtubeUrl]);
}

/** Records that a stage has failed for good. What the project had reached stays. */
export async function failRun(database: Connection, run: Run, stage: StageName, reason: string): Promise<void> {
  const message = [...`${stage}: ${reason}`.replaceAll('\0', '').toWellFormed()].slice(0, ERROR_MESSAGE_MAX).join('');
  await write(database, FAIL_RUN, run, [message]);
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

function handBack(
  prisma: Database['prisma'],
  queue: ProjectQueue,
  run: Run,
  { tries, losses, delayMs }: HandedBack,
): Promise<void> {
  return inTransaction(prisma, async (tx) => {
    const values = [...valuesOf(run), tries, losses, delayMs ?? null];
    const [row] = await tx.$queryRawUnsafe<{ status: ProjectStatus }[]>(HAND_BACK.text, ...values);
    if (row !== undefined && RUNNING.includes(row.status)) {
      await queue.enqueueStarted(tx, run.projectId, delayMs ?? 0);
    }
  });
}
