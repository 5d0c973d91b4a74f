import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { sqlStateOf } from '../../src/database/sqlstate.ts';
import { createTestDatabase, type Row, type TestDatabase } from '../helpers/database.ts';

// Everything here is plain SQL, as psql or a worker in another language would say it.

let db: TestDatabase;
let batch: string;
const heard: string[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  await db.database.listen(
    'showrunner_batches',
    (payload) => void heard.push(payload),
    () => {},
  );
});

afterAll(() => db[Symbol.asyncDispose]());

beforeEach(async () => {
  batch = await addBatch();
});

async function addBatch(columns: Row = {}): Promise<string> {
  const id = crypto.randomUUID();
  const row: Row = { id, name: 'batch', gemini_model: 'model', ...columns };
  await insert('batches', [row]);
  return id;
}

async function insert(table: string, rows: Row[]): Promise<void> {
  const names = Object.keys(rows[0] ?? {});
  const tuples = rows.map((_, r) => `(${names.map((_, c) => `$${r * names.length + c + 1}`).join(', ')})`);
  await db.sql(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES ${tuples.join(', ')}`,
    rows.flatMap((row) => names.map((name) => row[name])),
  );
}

/** Adds projects in one statement; gives their ids in the order of their positions. */
async function addProjects(count: number, columns: Row = {}, to = batch): Promise<string[]> {
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

async function addProject(columns: Row = {}): Promise<string> {
  const [id = ''] = await addProjects(1, columns);
  return id;
}

const set = (id: string, assignments: string) => db.sql(`UPDATE projects SET ${assignments} WHERE id = $1`, [id]);
const setBatch = (assignments: string, id = batch) => db.sql(`UPDATE batches SET ${assignments} WHERE id = $1`, [id]);

async function batchRow(id = batch): Promise<Row> {
  const [row = {}] = await db.sql('SELECT * FROM batches WHERE id = $1', [id]);
  return row;
}

async function project(id: string): Promise<Row> {
  const [row = {}] = await db.sql('SELECT * FROM projects WHERE id = $1', [id]);
  return row;
}

/** The six counters and the sum of progress, in the order of their columns. */
async function counters(id = batch): Promise<unknown[]> {
  const row = await batchRow(id);
  return ['total', 'waiting', 'running', 'completed', 'failed', 'cancelled']
    .map((name) => row[`${name}_projects`])
    .concat(row['progress_sum']);
}

async function version(id = batch): Promise<number> {
  return Number((await batchRow(id))['version']);
}

/** The events after a version, each as `version.ordinal kind from>to`; ordinals of the last places by name. */
async function events(after = 1, id = batch): Promise<string[]> {
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

async function stateOf(action: Promise<unknown>): Promise<string | undefined> {
  return action.then(() => 'no error', sqlStateOf);
}

const STAGES = [
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

describe('a new batch', () => {
  test('is QUEUED at version 1, has begun nothing, and says that it was created', async () => {
    expect(await batchRow()).toMatchObject({ status: 'QUEUED', version: 1, started_at: null, finished_at: null });
    expect(await counters()).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(await events(0)).toEqual(['1.0 CREATED']);
  });

  test('counts the projects that come in one statement as one version', async () => {
    await addProjects(3);
    expect(await batchRow()).toMatchObject({ status: 'QUEUED', version: 2, started_at: null });
    expect(await counters()).toEqual([3, 3, 0, 0, 0, 0, 0]);
    expect(await events()).toEqual([]);
  });

  test('counts projects of every status, with their progress', async () => {
    await insert(
      'projects',
      [
        ['INITIALIZED', 0],
        ['RENDERING', 0],
        ['COMPLETED', 0],
        ['FAILED', 45],
        ['CANCELLED', 20],
      ].map(([status, progress], position) => ({
        id: crypto.randomUUID(),
        batch_id: batch,
        position,
        name: 'p',
        content: 'c',
        gemini_model: 'm',
        status,
        progress,
      })),
    );
    expect(await counters()).toEqual([5, 1, 1, 1, 1, 1, 0 + 75 + 100 + 45 + 20]);
    expect(await batchRow()).toMatchObject({ status: 'RUNNING', started_at: expect.any(Date), finished_at: null });
  });

  test('counts the projects of several batches in one statement', async () => {
    const other = await addBatch();
    await insert(
      'projects',
      [batch, other, other].map((batch_id, position) => ({
        id: crypto.randomUUID(),
        batch_id,
        position,
        name: 'p',
        content: 'c',
        gemini_model: 'm',
      })),
    );
    expect([await counters(), await counters(other)]).toEqual([
      [1, 1, 0, 0, 0, 0, 0],
      [2, 2, 0, 0, 0, 0, 0],
    ]);
  });
});

describe('a project', () => {
  test('goes through every status: progress, stages, counters, status, version and event follow', async () => {
    const id = await addProject();
    let [before, was] = [await version(), 'INITIALIZED'];
    for (const [status, progress, stagesDone] of STAGES) {
      await set(id, `status = '${status}'`);
      const isDone = status === 'COMPLETED';
      expect(await project(id)).toMatchObject({
        status,
        progress,
        stages_done: stagesDone,
        started_at: expect.any(Date),
        finished_at: isDone ? expect.any(Date) : null,
      });
      expect(await counters()).toEqual([1, 0, isDone ? 0 : 1, isDone ? 1 : 0, 0, 0, progress]);
      expect(await batchRow()).toMatchObject({
        version: before + 1,
        status: isDone ? 'COMPLETED' : 'RUNNING',
        started_at: expect.any(Date),
        finished_at: isDone ? expect.any(Date) : null,
      });
      expect(await events(before)).toEqual([
        `${before + 1}.1 ${was}>${status}`,
        ...(isDone ? [`${before + 1}.last FINISHED`] : []),
      ]);
      [before, was] = [before + 1, status];
    }
  });

  test('shows 45 a quarter through ASSETS_GENERATING, and keeps it when it fails', async () => {
    const id = await addProject({ status: 'ASSETS_GENERATING' });
    await set(id, 'fraction = 0.25');
    expect(await project(id)).toMatchObject({ progress: 45 });
    await set(id, `status = 'FAILED', error_message = 'assets: no'`);
    expect(await project(id)).toMatchObject({
      status: 'FAILED',
      progress: 45,
      fraction: 0,
      stages_done: 0,
      finished_at: expect.any(Date),
    });
    expect(await counters()).toEqual([1, 0, 0, 0, 1, 0, 45]);
  });

  test('that is inserted as FAILED or CANCELLED keeps the progress that it is given', async () => {
    expect(await project(await addProject({ status: 'FAILED', progress: 45 }))).toMatchObject({ progress: 45 });
    expect((await counters()).at(-1)).toBe(45);
  });

  test('that is inserted at work gets the progress of its status, whatever it is given', async () => {
    expect(await project(await addProject({ status: 'RENDERING', progress: 3 }))).toMatchObject({ progress: 75 });
  });

  test.each([
    ['SCRIPT_GENERATING', 10, 20],
    ['ASSETS_GENERATING', 40, 60],
    ['RENDERING', 75, 85],
    ['THUMBNAIL_GENERATING', 90, 95],
    ['UPLOADING', 98, 100],
  ])('moves in %s from %d towards %d', async (status, from, to) => {
    const id = await addProject({ status });
    expect(await project(id)).toMatchObject({ progress: from });
    await set(id, 'fraction = 0.5');
    expect(await project(id)).toMatchObject({ progress: Math.floor((from + to) / 2) });
    await set(id, 'fraction = 1');
    expect(await project(id)).toMatchObject({ progress: to });
  });

  test('never goes back while it runs, whatever is written', async () => {
    const id = await addProject({ status: 'ASSETS_GENERATING' });
    await set(id, 'fraction = 0.75');
    for (const back of [
      'fraction = 0.1',
      `status = 'SCRIPT_GENERATING'`,
      'progress = 1',
      'progress = 1, fraction = 0.2',
    ]) {
      await set(id, back);
      expect(await project(id), back).toMatchObject({ progress: 55 });
    }
    expect((await counters()).at(-1)).toBe(55);
    await set(id, `status = 'RENDERING'`);
    expect(await project(id)).toMatchObject({ progress: 75 });
  });

  test('begins a status at fraction 0, but for a writer that says another', async () => {
    const id = await addProject({ status: 'SCRIPT_GENERATING' });
    await set(id, 'fraction = 0.5');
    await set(id, `status = 'ASSETS_GENERATING'`);
    expect(await project(id)).toMatchObject({ fraction: 0, progress: 40 });
    await set(id, `status = 'RENDERING', fraction = 0.5`);
    expect(await project(id)).toMatchObject({ fraction: 0.5, progress: 80 });
  });

  test('that is put back to INITIALIZED begins again from 0 and keeps what stages it had done', async () => {
    const id = await addProject({ status: 'RENDERED' });
    await set(id, `status = 'FAILED'`);
    await set(id, `status = 'INITIALIZED', attempt = attempt + 1`);
    expect(await project(id)).toMatchObject({ progress: 0, stages_done: 3, finished_at: null });
    expect(await batchRow()).toMatchObject({ status: 'QUEUED', finished_at: null });
    expect(await counters()).toEqual([1, 1, 0, 0, 0, 0, 0]);
  });

  test('that does not run has no worker', async () => {
    const worker = crypto.randomUUID();
    await insert('workers', [{ id: worker }]);
    const id = await addProject({ status: 'RENDERING', worker_id: worker });
    expect(await project(id)).toMatchObject({ worker_id: worker });
    await set(id, `status = 'COMPLETED'`);
    expect(await project(id)).toMatchObject({ worker_id: null, due_at: null });
  });

  test('loses a worker that is deleted, and makes no version of that', async () => {
    const worker = crypto.randomUUID();
    await insert('workers', [{ id: worker }]);
    const id = await addProject({ status: 'RENDERING', worker_id: worker });
    const before = await version();
    await db.sql('DELETE FROM workers WHERE id = $1', [worker]);
    expect(await project(id)).toMatchObject({ worker_id: null, status: 'RENDERING' });
    expect(await version()).toBe(before);
  });

  test("can't be moved to another batch, nor change its id", async () => {
    const id = await addProject();
    const other = await addBatch();
    expect(await stateOf(set(id, `batch_id = '${other}'`))).toBe('23000');
    expect(await stateOf(set(id, `id = '${crypto.randomUUID()}'`))).toBe('23000');
    expect([await counters(), await counters(other)]).toEqual([
      [1, 1, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0],
    ]);
  });
});

describe('a statement', () => {
  test('over many projects makes one version, with its events by position', async () => {
    const ids = await addProjects(3);
    const before = await version();
    await db.sql(`UPDATE projects SET status = 'SCRIPT_GENERATING' WHERE batch_id = $1`, [batch]);
    const rows = await db.sql(
      'SELECT version, ordinal, project_id FROM batch_events WHERE batch_id = $1 AND version > $2 ORDER BY ordinal',
      [batch, before],
    );
    expect(rows).toEqual(ids.map((project_id, index) => ({ version: before + 1, ordinal: index + 1, project_id })));
    expect(await counters()).toEqual([3, 0, 3, 0, 0, 0, 30]);
  });

  test('over several batches makes one version of each', async () => {
    const other = await addBatch();
    await addProjects(2);
    await addProjects(1, {}, other);
    const before = [await version(), await version(other)];
    await db.sql(`UPDATE projects SET status = 'COMPLETED' WHERE batch_id IN ($1, $2)`, [batch, other]);
    expect([await version(), await version(other)]).toEqual(before.map((each) => each + 1));
    expect([(await batchRow())['status'], (await batchRow(other))['status']]).toEqual(['COMPLETED', 'COMPLETED']);
  });

  test.each([
    `status = status`,
    `status = 'RENDERING'`,
    `fraction = 0.001`,
    `worker_id = NULL`,
    `due_at = now()`,
    `claim = claim + 1`,
    `stage_tries = 1`,
    `stage_losses = 1`,
    `content = 'other'`,
  ])('that changes nothing that a client sees makes no version: %s', async (assignments) => {
    const id = await addProject({ status: 'RENDERING' });
    const before = await version();
    await set(id, assignments);
    expect(await version()).toBe(before);
    expect(await events(before)).toEqual([]);
  });

  test.each([
    `fraction = 0.5`,
    `name = 'other'`,
    `error_message = 'oops'`,
    `attempt = 2`,
    `youtube_url = 'u'`,
    `video_url = 'v'`,
    `thumbnail_url = 't'`,
  ])('that changes what a client sees, but no status, makes a version without an event: %s', async (assignments) => {
    const id = await addProject({ status: 'RENDERING' });
    const before = await version();
    await set(id, assignments);
    expect(await version()).toBe(before + 1);
    expect(await events(before)).toEqual([]);
  });

  test('that matches no row does nothing', async () => {
    const before = await version();
    await set(crypto.randomUUID(), `status = 'COMPLETED'`);
    expect(await version()).toBe(before);
  });

  test('that is rolled back leaves no trace', async () => {
    const id = await addProject();
    const before = await batchRow();
    await db.sql(`BEGIN; UPDATE projects SET status = 'COMPLETED' WHERE id = '${id}'; ROLLBACK`);
    expect(await batchRow()).toEqual(before);
  });

  test('that upserts is counted right', async () => {
    const id = await addProject();
    await db.sql(
      `INSERT INTO projects (id, batch_id, position, name, content, gemini_model)
       VALUES ($1, $2, 0, 'p', 'c', 'm'), ($3, $2, 1, 'p', 'c', 'm')
       ON CONFLICT (id) DO UPDATE SET status = 'COMPLETED'`,
      [id, batch, crypto.randomUUID()],
    );
    expect(await counters()).toEqual([2, 1, 0, 1, 0, 0, 100]);
  });

  test('that deletes projects takes them from the counters', async () => {
    const [first] = await addProjects(2, { status: 'RENDERING' });
    const before = await version();
    await db.sql('DELETE FROM projects WHERE id = $1', [first]);
    expect(await counters()).toEqual([1, 0, 1, 0, 0, 0, 75]);
    expect(await version()).toBe(before + 1);
    await db.sql('DELETE FROM projects WHERE batch_id = $1', [batch]);
    expect(await counters()).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  test('that deletes a batch takes its projects and events with it, and only those', async () => {
    const other = await addBatch();
    await addProjects(1, {}, other);
    await addProjects(2, { status: 'COMPLETED' });
    await db.sql('DELETE FROM batches WHERE id = $1', [batch]);
    expect(await db.sql('SELECT id FROM projects WHERE batch_id = $1', [batch])).toEqual([]);
    expect(await db.sql('SELECT version FROM batch_events WHERE batch_id = $1', [batch])).toEqual([]);
    expect(await counters(other)).toEqual([1, 1, 0, 0, 0, 0, 0]);
  });
});

describe('a control mark', () => {
  test('pausing and resuming are events, and change the status', async () => {
    await addProject();
    const before = await version();
    await setBatch('paused_at = now()');
    expect(await batchRow()).toMatchObject({ status: 'PAUSED', finished_at: null });
    await setBatch('paused_at = NULL');
    expect(await batchRow()).toMatchObject({ status: 'QUEUED' });
    expect(await events(before)).toEqual([`${before + 1}.0 PAUSED`, `${before + 2}.0 RESUMED`]);
  });

  test('cancelling a batch of which nothing runs ends it, in one statement after its projects', async () => {
    await addProjects(2);
    const before = await version();
    await db.sql(`UPDATE projects SET status = 'CANCELLED' WHERE batch_id = $1`, [batch]);
    await setBatch('cancelled_at = now()');
    expect(await batchRow()).toMatchObject({ status: 'CANCELLED', finished_at: expect.any(Date) });
    expect(await events(before)).toEqual([
      `${before + 1}.1 INITIALIZED>CANCELLED`,
      `${before + 1}.2 INITIALIZED>CANCELLED`,
      `${before + 1}.last FINISHED`,
      `${before + 2}.0 CANCELLED`,
    ]);
  });

  test('a cancelled batch drains: it ends when what runs has let go', async () => {
    const id = await addProject({ status: 'RENDERING' });
    await setBatch('cancelled_at = now()');
    expect(await batchRow()).toMatchObject({ status: 'CANCELLED', finished_at: null });
    await set(id, `status = 'CANCELLED'`);
    expect(await batchRow()).toMatchObject({ status: 'CANCELLED', finished_at: expect.any(Date) });
    expect(await project(id)).toMatchObject({ progress: 75 });
  });

  test('retrying an ended batch is an event, and opens it again', async () => {
    const id = await addProject({ status: 'FAILED' });
    expect(await batchRow()).toMatchObject({ status: 'COMPLETED', finished_at: expect.any(Date) });
    const before = await version();
    await setBatch('retried_at = now()');
    await set(id, `status = 'INITIALIZED', attempt = attempt + 1, error_message = NULL`);
    expect(await batchRow()).toMatchObject({ status: 'QUEUED', finished_at: null });
    expect(await events(before)).toEqual([`${before + 1}.0 RETRIED`, `${before + 2}.1 FAILED>INITIALIZED`]);
  });

  test('a batch that fails beyond its limit is FAILED, drains, and then has ended', async () => {
    batch = await addBatch({ failure_limit: 1 });
    const [first = '', second = '', third = ''] = await addProjects(4, { status: 'RENDERING' });
    await set(first, `status = 'FAILED'`);
    expect(await batchRow()).toMatchObject({ status: 'RUNNING' });
    const before = await version();
    await set(second, `status = 'FAILED'`);
    expect(await batchRow()).toMatchObject({ status: 'FAILED', finished_at: null });
    expect(await events(before)).toEqual([
      `${before + 1}.1 RENDERING>FAILED`,
      `${before + 1}.last-1 FAILURE_LIMIT_EXCEEDED`,
    ]);
    await db.sql(`UPDATE projects SET status = 'COMPLETED' WHERE batch_id = $1 AND status = 'RENDERING'`, [batch]);
    expect(await batchRow()).toMatchObject({ status: 'FAILED', finished_at: expect.any(Date) });
    expect(await project(third)).toMatchObject({ status: 'COMPLETED' });
  });

  test('writing the same mark again makes no version', async () => {
    await setBatch(`paused_at = '2026-01-01T00:00:00Z'`);
    const before = await version();
    await setBatch(`paused_at = '2026-01-01T00:00:00Z'`);
    expect(await version()).toBe(before);
  });

  test("the status itself can't be written", async () => {
    expect(await stateOf(setBatch(`status = 'COMPLETED'`))).toBe('428C9');
  });
});

test.each([
  // cancelled_at, paused_at, failure_limit, total, waiting, completed, failed, cancelled
  ['CANCELLED', 'now(), now(), 0, 2, 0, 1, 1, 0'],
  ['FAILED', 'NULL, now(), 0, 2, 1, 0, 1, 0'],
  ['COMPLETED', 'NULL, now(), 1, 3, 0, 1, 1, 1'],
  ['PAUSED', 'NULL, now(), NULL, 2, 2, 0, 0, 0'],
  ['PAUSED', 'NULL, now(), NULL, 2, 1, 0, 0, 0'],
  ['QUEUED', 'NULL, NULL, NULL, 2, 2, 0, 0, 0'],
  ['QUEUED', 'NULL, NULL, NULL, 0, 0, 0, 0, 0'],
  ['RUNNING', 'NULL, NULL, NULL, 2, 1, 1, 0, 0'],
  ['RUNNING', 'NULL, NULL, 1, 3, 1, 0, 1, 0'],
])('the rule gives %s for (%s)', async (status, values) => {
  expect(await db.sql(`SELECT batch_status(${values}) AS it`)).toEqual([{ it: status }]);
});

describe('a notification', () => {
  test('carries the id and the version of the batch, for every version', async () => {
    const id = await addProject();
    await set(id, `status = 'RENDERING'`);
    await setBatch('paused_at = now()');
    await vi.waitFor(() =>
      expect(heard.filter((payload) => payload.startsWith(batch))).toEqual(
        [1, 2, 3, 4].map((each) => `${batch} ${each}`),
      ),
    );
  });

  test('comes for a batch that was deleted, too', async () => {
    await db.sql('DELETE FROM batches WHERE id = $1', [batch]);
    await vi.waitFor(() => expect(heard).toContain(`${batch} 2`));
  });

  test('comes once for a statement over thousands of rows', async () => {
    await insertMany(5_000);
    await db.sql(`UPDATE projects SET status = 'RENDERING' WHERE batch_id = $1`, [batch]);
    await vi.waitFor(() => expect(heard).toContain(`${batch} 3`));
    expect(heard.filter((payload) => payload.startsWith(batch))).toHaveLength(3);
    expect(await counters()).toEqual([5_000, 0, 5_000, 0, 0, 0, 375_000]);
  });
});

test('the cost of a statement grows with its rows and not with their square', { timeout: 60_000 }, async () => {
  // Plans are made for the first statement of a session, which is a small one here.
  await set(await addProject(), `status = 'RENDERING'`);
  await db.sql('DELETE FROM projects WHERE batch_id = $1', [batch]);
  const timeOf = async (count: number) => {
    const times: number[] = [];
    for (let round = 0; round < 3; round++) {
      batch = await addBatch();
      await insertMany(count);
      const since = performance.now();
      await db.sql(`UPDATE projects SET status = 'RENDERING' WHERE batch_id = $1`, [batch]);
      times.push(performance.now() - since);
    }
    return Math.min(...times);
  };
  const [few, many] = [await timeOf(500), await timeOf(5_000)];
  expect(many / few).toBeLessThan(30);
});

async function insertMany(count: number): Promise<void> {
  await db.sql(
    `INSERT INTO projects (id, batch_id, position, name, content, gemini_model)
     SELECT gen_random_uuid(), $1, n, 'p', 'c', 'm' FROM generate_series(0, $2::int - 1) n`,
    [batch, count],
  );
}

describe('the database refuses', () => {
  const long = (length: number) => 'x'.repeat(length);
  const youtube = { youtube_privacy: 'PUBLIC', youtube_publish_type: 'SCHEDULED', youtube_ai_content_flag: true };

  test.each<[string, Row]>([
    ['an empty name', { name: '' }],
    ['a name of 201 characters', { name: long(201) }],
    ['a negative failure limit', { failure_limit: -1 }],
    ['an empty idempotency key', { idempotency_key: '' }],
    ['an idempotency key of 201 characters', { idempotency_key: long(201) }],
    ['a publishing time that is not given', youtube],
    ['half of the YouTube settings', { youtube_privacy: 'PUBLIC' }],
    ['a counter below 0', { waiting_projects: -1, running_projects: 1 }],
    ['counters that do not add up', { total_projects: 1 }],
    ['a sum of progress below 0', { progress_sum: -1 }],
    ['a version below 1', { version: 0 }],
    ['a history that begins after its end', { history_from: 2 }],
  ])('a batch with %s', async (_, columns) => {
    expect(await stateOf(addBatch(columns))).toBe('23514');
  });

  test.each<[string, Row]>([
    ['an empty name', { name: '' }],
    ['a name of 201 characters', { name: long(201) }],
    ['a position below 0', { position: -1 }],
    ['a fraction below 0', { fraction: -0.1 }],
    ['a fraction above 1', { fraction: 1.1 }],
    ["a failed one's progress above 100", { status: 'FAILED', progress: 101 }],
    ['an attempt below 1', { attempt: 0 }],
    ['a claim below 0', { claim: -1 }],
    ['six stages done', { stages_done: 6 }],
    ['an error message of 501 characters', { error_message: long(501) }],
    ['a publishing time that is not given', youtube],
  ])('a project with %s', async (_, columns) => {
    expect(await stateOf(addProject(columns))).toBe('23514');
  });

  test.each<[string, Row]>([
    ['no name', { name: null }],
    ['no content', { content: null }],
    ['no status', { status: null }],
    ['no position', { position: null }],
  ])('a project with %s', async (_, columns) => {
    expect(await stateOf(addProject(columns))).toBe('23502');
  });

  test('a project of no batch, a second one at the same position, and a second batch with the same key', async () => {
    expect(await stateOf(addProject({ batch_id: crypto.randomUUID() }))).toBe('23503');
    await addProject();
    expect(await stateOf(addProject())).toBe('23505');
    const key = crypto.randomUUID();
    await addBatch({ idempotency_key: key });
    expect(await stateOf(addBatch({ idempotency_key: key }))).toBe('23505');
  });

  test('nothing of the greatest lengths that are allowed', async () => {
    await addBatch({ name: '字'.repeat(200), idempotency_key: crypto.randomUUID() + long(164), failure_limit: 0 });
    await addProject({ name: '字'.repeat(200), error_message: long(500), fraction: 1 });
  });
});

if (process.env['TEST_DATABASE_URL']) {
  test('concurrent statements over the same batches neither deadlock nor lose a count', {
    timeout: 60_000,
  }, async () => {
    const batches = await Promise.all([1, 2, 3].map(() => addBatch()));
    for (const id of batches) {
      await addProjects(40, {}, id);
    }
    // Each writer has rows of its own in every batch, and says the batches in an order of its own.
    const writer = async (n: number) => {
      for (const [status] of STAGES) {
        const order = n % 2 ? 'ASC' : 'DESC';
        await db.sql(
          `WITH mine AS (SELECT id FROM projects WHERE batch_id = ANY ($1) AND position % 4 = $2 ORDER BY batch_id ${order})
           UPDATE projects SET status = $3 FROM mine WHERE projects.id = mine.id`,
          [batches, n, status],
        );
      }
    };
    await Promise.all([0, 1, 2, 3].map(writer));
    for (const id of batches) {
      expect(await counters(id)).toEqual([40, 0, 0, 40, 0, 0, 4_000]);
      expect(await batchRow(id)).toMatchObject({ status: 'COMPLETED', version: 2 + 4 * STAGES.length });
      expect(
        await db.sql(
          'SELECT count(DISTINCT version)::int AS versions, count(*)::int AS events FROM batch_events WHERE batch_id = $1',
          [id],
        ),
      ).toEqual([{ versions: 1 + 4 * STAGES.length, events: 1 + 40 * STAGES.length + 1 }]);
    }
  });
}
