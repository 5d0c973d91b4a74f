import type { Row } from './database.ts';

/** The batches whose counters or sum of progress are not what counting their projects again gives: none, ever. */
export function driftOf(sql: (text: string) => Promise<Row[]>): Promise<Row[]> {
  return sql(`SELECT b.id FROM batches b JOIN LATERAL (
      SELECT count(*) AS total, count(*) FILTER (WHERE status = 'INITIALIZED') AS waiting,
        count(*) FILTER (WHERE project_is_running(status)) AS running,
        count(*) FILTER (WHERE status = 'COMPLETED') AS completed, count(*) FILTER (WHERE status = 'FAILED') AS failed,
        count(*) FILTER (WHERE status = 'CANCELLED') AS cancelled, sum(progress) AS progress
      FROM projects p WHERE p.batch_id = b.id
    ) c ON true
    WHERE (b.total_projects, b.waiting_projects, b.running_projects, b.completed_projects, b.failed_projects,
      b.cancelled_projects, b.progress_sum)
      IS DISTINCT FROM (c.total, c.waiting, c.running, c.completed, c.failed, c.cancelled, c.progress)`);
}
