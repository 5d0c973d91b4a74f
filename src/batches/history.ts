import type { Database } from '../database/database.ts';
import type { Batch, ProjectStatus } from '../database/models.ts';
import type { Statement } from '../database/statement.ts';
import { batchOf, type JsonRow, type ProjectRow, projectOf, selectBatch, selectProject } from './rows.ts';
import { RUNNING_SQL } from './states.ts';

/** One status change of one project, and the version of its batch that the change made. */
export interface Change {
  version: number;
  project: ProjectRow;
  from: ProjectStatus | null;
  to: ProjectStatus;
  at: Date;
}

/** What happened to a batch since a version, and the batch as it is after that. */
export interface Since {
  batch: Batch;
  /** Oldest first; empty where `reset`. */
  changes: Change[];
  /** The projects that run. */
  running: ProjectRow[];
  /** True where the history does not reach back that far, or where the changes are too many to send. */
  reset: boolean;
}

/** More changes than this are not sent one by one. */
export const CHANGES_MAX = 10_000;

/** What the statement gives: the batch, and the rest as JSON. */
interface SinceRow {
  batch: JsonRow<Batch>;
  changes: (Omit<Change, 'project' | 'at'> & { at: string; project: JsonRow<ProjectRow> })[] | null;
  running: JsonRow<ProjectRow>[] | null;
}

/**
 * One statement, as it is run for every change of every batch that is watched: one round trip, and
 * all that it reads is of one moment. Versions are committed in their order, so all up to the
 * batch's own can be seen by then.
 */
const READ_SINCE: Statement = {
  name: 'read_since',
  text: `
    SELECT to_json(b) AS batch,
      CASE WHEN $2::bigint >= b."historyFrom" AND $2::bigint < b.version THEN (
        SELECT json_agg(json_build_object(
          'version', e.version, 'from', e.from_status, 'to', e.to_status, 'at', e.at, 'project', to_json(p)
        ) ORDER BY e.version, e.ordinal)
        FROM (
          SELECT * FROM batch_events
          WHERE batch_id = b.id AND version > $2::bigint AND version <= b.version
            AND kind = 'PROJECT_STATUS_CHANGED'
          ORDER BY version, ordinal
          LIMIT ${CHANGES_MAX + 1}
        ) e
        CROSS JOIN LATERAL (SELECT ${selectProject('q')} FROM projects q WHERE q.id = e.project_id) p
      ) END AS changes,
      CASE WHEN b."runningProjects" > 0 THEN (
        SELECT json_agg(to_json(p) ORDER BY p.position)
        FROM (
          SELECT ${selectProject('q')} FROM projects q
          WHERE q.batch_id = b.id AND q.status IN (${RUNNING_SQL})
        ) p
      ) END AS running
    FROM (SELECT ${selectBatch('batches')} FROM batches WHERE id = $1::uuid) b`,
};

/**
 * Reads a batch, every status change after `version` up to the batch as read, and what runs;
 * undefined where the batch does not exist. A version that the batch has not reached is not of this
 * history, and a reset.
 */
export async function readSince(
  database: Pick<Database, 'query'>,
  batchId: string,
  version: number,
): Promise<Since | undefined> {
  const [row] = await database.query<SinceRow>(READ_SINCE, [batchId, version]);
  if (row === undefined) {
    return undefined;
  }
  const batch = batchOf(row.batch);
  const changes = (row.changes ?? []).map((change) => ({
    ...change,
    at: new Date(change.at),
    project: projectOf(change.project),
  }));
  const reset = version < batch.historyFrom || version > batch.version || changes.length > CHANGES_MAX;
  return { batch, changes: reset ? [] : changes, running: (row.running ?? []).map(projectOf), reset };
}
