import type { Database } from '../database/database.ts';
import type { ProjectStatus } from '../database/models.ts';
import type { Statement } from '../database/statement.ts';
import { retried } from '../database/transaction.ts';
import type { Run } from './claim.ts';
import { GroupedWrites } from './grouped-writes.ts';
import { RUNNING_SQL } from './states.ts';

/** What a finished stage leaves for clients; paths under the service's own address, or full URLs. */
export interface StageUrls {
  videoUrl?: string | undefined;
  thumbnailUrl?: string | undefined;
  captionsUrl?: string | undefined;
  youtubeUrl?: string | undefined;
}

/** What a run writes of its project. */
export interface RunStep extends StageUrls {
  run: Run;
  /** A start comes to CANCELLED where the batch has been cancelled; a finish sets back what was counted of its stage; a failure counts as one more try. */
  kind: 'start' | 'progress' | 'finish' | 'fail';
  /** The status that it comes to; as it is unless given. */
  status?: ProjectStatus;
  fraction?: number;
  errorMessage?: string;
}

/** The project's status afterwards; undefined where the run is lost, and then nothing was changed. */
type Written = ProjectStatus | undefined;

/**
 * Changes projects of one batch while runs still hold them, in the lock order batch, project. One
 * statement, and so one version of the batch, however many; and one round trip, as a statement of
 * its own is a transaction.
 */
const WRITE_STEPS: Statement = {
  name: 'write_steps',
  text: `
    WITH batch AS MATERIALIZED (
      SELECT id, cancelled_at FROM batches WHERE id = $1::uuid FOR NO KEY UPDATE
    )
    UPDATE projects p SET
      status = CASE
        WHEN w.kind = 'start' AND batch.cancelled_at IS NOT NULL THEN 'CANCELLED'
        ELSE COALESCE(w.status, p.status)
      END,
      fraction = GREATEST(p.fraction, w.fraction),
      stage_tries = CASE w.kind WHEN 'finish' THEN 0 WHEN 'fail' THEN p.stage_tries + 1 ELSE p.stage_tries END,
      stage_losses = CASE w.kind WHEN 'finish' THEN 0 ELSE p.stage_losses END,
      video_url = COALESCE(w.video_url, p.video_url),
      thumbnail_url = COALESCE(w.thumbnail_url, p.thumbnail_url),
      captions_url = COALESCE(w.captions_url, p.captions_url),
      youtube_url = COALESCE(w.youtube_url, p.youtube_url),
      error_message = COALESCE(w.error_message, p.error_message)
    FROM batch, unnest(
      $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::project_status[], $7::float8[],
      $8::text[], $9::text[], $10::text[], $11::text[], $12::text[]
    ) AS w (
      project_id, worker_id, claim, kind, status, fraction,
      video_url, thumbnail_url, captions_url, youtube_url, error_message
    )
    WHERE p.id = w.project_id AND p.batch_id = batch.id AND p.worker_id = w.worker_id AND p.claim = w.claim
      AND p.status IN (${RUNNING_SQL})
    RETURNING p.id, p.status::text AS status`,
};

/** At most one step of each project. */
async function write(
  database: Pick<Database, 'query'>,
  steps: readonly RunStep[],
): Promise<(step: RunStep) => Written> {
  const column = <Value>(fieldOf: (step: RunStep) => Value) => steps.map((step) => fieldOf(step) ?? null);
  const rows = await retried(() =>
    database.query<{ id: string; status: ProjectStatus }>(WRITE_STEPS, [
      steps[0]?.run.batchId,
      column(({ run }) => run.projectId),
      column(({ run }) => run.workerId),
      column(({ run }) => run.claim),
      column(({ kind }) => kind),
      column(({ status }) => status),
      column(({ fraction }) => fraction),
      column(({ videoUrl }) => videoUrl),
      column(({ thumbnailUrl }) => thumbnailUrl),
      column(({ captionsUrl }) => captionsUrl),
      column(({ youtubeUrl }) => youtubeUrl),
      column(({ errorMessage }) => errorMessage),
    ]),
  );
  const statuses = new Map(rows.map(({ id, status }) => [id, status]));
  return ({ run }) => statuses.get(run.projectId);
}

/** Of each database, what is being written to it. */
const writers = new WeakMap<object, GroupedWrites<RunStep, Written>>();

/**
 * Writes a step of a run, together with those of the same batch that come while another is being
 * written. Gives the project's status afterwards; undefined where the run is lost.
 */
export function writeStep(database: Pick<Database, 'query'>, step: RunStep): Promise<Written> {
  let writer = writers.get(database);
  if (writer === undefined) {
    writer = new GroupedWrites({
      groupOf: ({ run }) => run.batchId,
      subjectOf: ({ run }) => run.projectId,
      write: (steps) => write(database, steps),
    });
    writers.set(database, writer);
  }
  return writer.write(step);
}
