// Plain SQL on batches and projects, as psql or a worker in another language would say it.
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { sqlStateOf } from '../../src/database/sqlstate.ts';
import { createTestDatabase, type Row, type TestDatabase } from '../helpers/database.ts';

/** The database of the present test file. */
export let db: TestDatabase;

/** The batch of the present test: what the functions below mean unless told otherwise. */
export let batch: string;

/** Every payload that was notified, in order. */
export const heard: string[] = [];

/** Gives the test file a database, and each of its tests an empty batch. */
export function usePlainSql(): void {
  beforeAll(async () => {
    db = await createTestDatabase();
    await db.database.listen(
      'showrunner_batches',
      (payload) => void heard.push(payload),
      () => {},
    );
  });
  beforeEach(() => useBatch());
  afterAll(() => db[Symbol.asyncDispose]());
}

/** Makes a new batch the present one. */
export async function useBatch(columns: Row = {}): Promise<void> {
  batch = await addBatch(columns);
}

/** Adds a batch; gives its id. */
export async function addBatch(columns: Row = {}): Promise<string> {
  const id = crypto.randomUUID();
  const row: Row = { id, name: 'batch', gemini_model: 'model', ...columns };
  await insert('batches', [row]);
  return id;
}

/** Inserts rows in one statement. */
export async function insert(table: string, rows: Row[]): Promise<void> {
  const names = Object.keys(rows[0] ?? {});
  const tuples = rows.map((_, r) => `(${names.map((_, c) => `$${r * names.length + c + 1}`).join(', ')})`);
  await db.sql(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES ${tuples.join(', ')}`,
    rows.flatMap((row) => names.map((name) => row[name])),
  );
}

/** Adds projects in one statement; gives their ids in the order of their positions. */
export async function addProjects(count: number, columns: Row = {}, to = batch): Promise<string[]> {
  const ids = Array.from({ length: count }, () => crypto.randomUUID());
  await insert(
    'projects',
    ids.map((id, position) => ({
      id,
      batch_id: to,
      position,
      name: `project ${position}`,
      content: 'text',
      gemini_model: 'model',
      ...columns,
    })),
  );
  return ids;
}

/** Adds one project; gives its id. */
export async function addProject(columns: Row = {}): Promise<string> {
  const [id = ''] = await addProjects(1, columns);
  return id;
}

/** Updates a project. */
export const set = (id: string, assignments: string) =>
  db.sql(`UPDATE projects SET ${assignments} WHERE id = $1`, [id]);
/** Updates a batch. */
export const setBatch = (assignments: string, id = batch) =>
  db.sql(`UPDATE batches SET ${assignments} WHERE id = $1`, [id]);

/** A batch's row. */
export async function batchRow(id = batch): Promise<Row> {
  const [row = {}] = await db.sql('SELECT * FROM batches WHERE id = $1', [id]);
  return row;
}

/** A project's row. */
export async function project(id: string): Promise<Row> {
  const [row = {}] = await db.sql('SELECT * FROM projects WHERE id = $1', [id]);
  return row;
}

/** The six counters and the sum of progress, in the order of their columns. */
export async function counters(id = batch): Promise<unknown[]> {
  const row = await batchRow(id);
  return ['total', 'waiting', 'running', 'completed', 'failed', 'cancelled']
    .map((name) => row[`${name}_projects`])
    .concat(row['progress_sum']);
}

/** A batch's version. */
export async function version(id = batch): Promise<number> {
  return Number((await batchRow(id))['version']);
}

/** The events after a version, each as `version.ordinal kind from>to`; ordinals of the last places by name. */
export async function events(after = 1, id = batch): Promise<string[]> {
  const rows = await db.sql(
    'SELECT * FROM batch_events WHERE batch_id = $1 AND version > $2 ORDER BY version, ordinal',
    [id, after],
  );
  return rows.map((row) => {
    const place =
      ({ 2147483646: 'last-1', 2147483647: 'last' } as Record<string, string>)[String(row['ordinal'])] ??
      row['ordinal'];
    const change = row['kind'] === 'PROJECT_STATUS_CHANGED' ? `${row['from_status']}>${row['to_status']}` : row['kind'];
    return `${row['version']}.${place} ${change}`;
  });
}

/** The SQLSTATE with which an action fails. */
export async function stateOf(action: Promise<unknown>): Promise<string | undefined> {
  return action.then(() => 'no error', sqlStateOf);
}

/** Every status on the way, with the progress and the stages done that it begins with. */
export const STAGES = [
  ['SCRIPT_GENERATING', 10, 0],
  ['SCRIPT_GENERATED', 20, 1],
  ['ASSETS_GENERATING', 40, 1],
  ['ASSETS_GENERATED', 60, 2],
  ['RENDERING', 75, 2],
  ['RENDERED', 85, 3],
  ['THUMBNAIL_GENERATING', 90, 3],
  ['THUMBNAIL_GENERATED', 95, 4],
  ['UPLOADING', 98, 4],
  ['COMPLETED', 100, 5],
] as const;

/** Adds thousands of projects in one statement. */
export async function insertMany(count: number): Promise<void> {
  await db.sql(
    `INSERT INTO projects (id, batch_id, position, name, content, gemini_model)
     SELECT gen_random_uuid(), $1, n, 'p', 'c', 'm' FROM generate_series(0, $2::int - 1) n`,
    [batch, count],
  );
}
