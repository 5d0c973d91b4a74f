import type { Driver } from './driver.ts';

/** How many batches a database has, and how many projects each of them. */
export interface Seed {
  batches: number;
  perBatch: number;
}

const BATCH_PREFIX = '01900000-0000-7000-8001-';
const PROJECT_PREFIX = '01900000-0000-7000-8002-';

/** The UUID of the batch with this number, from 1. */
export function seededBatchId(number: number): string {
  return BATCH_PREFIX + number.toString(16).padStart(12, '0');
}

/**
 * Fills an empty database in one statement with the triggers off, and then sees that the counters are
 * right. Of each five projects two are completed, and one each is failed, waits and is rendered.
 */
export async function seed(driver: Driver, { batches, perBatch }: Seed): Promise<void> {
  if (perBatch % 5 !== 0) {
    throw new RangeError('a batch has a multiple of five projects');
  }
  const fifth = perBatch / 5;
  const youtube = `'PRIVATE', 'IMMEDIATE', true`;
  const createdAt = `now() - (${batches} - b) * interval '1 second'`;
  await driver.query(`DO $$ BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);
    INSERT INTO batches (id, name, gemini_model, created_at, started_at, version, history_from,
      total_projects, waiting_projects, running_projects, failed_projects, completed_projects, progress_sum,
      youtube_privacy, youtube_publish_type, youtube_ai_content_flag)
    SELECT ('${BATCH_PREFIX}' || lpad(to_hex(b), 12, '0'))::uuid, 'Batch ' || b, 'gemini-1.5-flash',
      ${createdAt}, ${createdAt}, 1, 1,
      ${perBatch}, ${fifth}, ${fifth}, ${fifth}, ${2 * fifth}, ${fifth} * (75 + 75 + 100 + 100), ${youtube}
    FROM generate_series(1, ${batches}) AS b;
    INSERT INTO projects (id, batch_id, position, name, content, gemini_model, created_at, started_at, finished_at,
      status, progress, stages_done, error_message, video_url, thumbnail_url, captions_url,
      youtube_privacy, youtube_publish_type, youtube_ai_content_flag)
    SELECT id, ('${BATCH_PREFIX}' || lpad(to_hex(b), 12, '0'))::uuid, p, 'Project ' || p + 1,
      repeat('A sentence. ', 50), 'gemini-1.5-flash', ${createdAt},
      CASE WHEN p % 5 > 0 THEN ${createdAt} END,
      CASE WHEN p % 5 > 1 THEN ${createdAt} END,
      (ARRAY['INITIALIZED', 'RENDERING', 'FAILED', 'COMPLETED', 'COMPLETED'])[p % 5 + 1]::project_status,
      (ARRAY[0, 75, 75, 100, 100])[p % 5 + 1], (ARRAY[0, 2, 2, 5, 5])[p % 5 + 1],
      CASE WHEN p % 5 = 2 THEN 'render: it could not be done' END,
      CASE WHEN p % 5 > 2 THEN '/library/' || id || '/video.mp4' END,
      CASE WHEN p % 5 > 2 THEN '/library/' || id || '/thumbnail.jpg' END,
      CASE WHEN p % 5 > 2 THEN '/library/' || id || '/captions.vtt' END, ${youtube}
    FROM generate_series(1, ${batches}) AS b, generate_series(0, ${perBatch - 1}) AS p,
      LATERAL (SELECT ('${PROJECT_PREFIX}' || lpad(to_hex((b - 1) * ${perBatch} + p + 1), 12, '0'))::uuid AS id) AS ids;
  END $$`);
  await checkCounters(driver);
  await driver.query('VACUUM ANALYZE batches');
  await driver.query('VACUUM ANALYZE projects');
}

async function checkCounters(driver: Driver): Promise<void> {
  const wrong = await driver.query(`
    SELECT b.id FROM batches b LEFT JOIN (
      SELECT batch_id, count(*) AS total, sum(progress) AS progress,
        count(*) FILTER (WHERE status = 'INITIALIZED') AS waiting,
        count(*) FILTER (WHERE project_is_running(status)) AS running,
        count(*) FILTER (WHERE status = 'FAILED') AS failed,
        count(*) FILTER (WHERE status = 'COMPLETED') AS completed
      FROM projects GROUP BY batch_id
    ) p ON p.batch_id = b.id
    WHERE (p.total, p.waiting, p.running, p.failed, p.completed, p.progress) IS DISTINCT FROM (b.total_projects,
      b.waiting_projects, b.running_projects, b.failed_projects, b.completed_projects, b.progress_sum)`);
  if (wrong.length > 0) {
    throw new Error(`${wrong.length} batches were seeded with wrong counters`);
  }
}
