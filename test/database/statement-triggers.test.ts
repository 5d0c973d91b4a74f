import { describe, expect, test, vi } from 'vitest';
import {
  addBatch,
  addProject,
  addProjects,
  batch,
  batchRow,
  counters,
  db,
  events,
  heard,
  insertMany,
  project,
  STAGES,
  set,
  setBatch,
  usePlainSql,
  version,
} from './plain-sql.ts';

usePlainSql();

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
    `version = version + 7`,
  ])('that changes nothing that a client sees makes no version: %s', async (assignments) => {
    const id = await addProject({ status: 'RENDERING' });
    const before = await version();
    await set(id, assignments);
    expect(await version()).toBe(before);
    expect(await project(id)).toMatchObject({ version: 1 });
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
    `captions_url = 'c'`,
  ])('that changes what a client sees, but no status, makes a version without an event: %s', async (assignments) => {
    const id = await addProject({ status: 'RENDERING' });
    const before = await version();
    await set(id, assignments);
    expect(await version()).toBe(before + 1);
    expect(await project(id)).toMatchObject({ version: 2 });
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

  test('that deletes projects takes their history with them, and nobody else’s', async () => {
    const [first = '', second = '', third = ''] = await addProjects(3);
    await db.sql(`UPDATE projects SET status = 'SCRIPT_GENERATING' WHERE batch_id = $1`, [batch]);
    await db.sql('DELETE FROM projects WHERE id = ANY ($1::uuid[])', [[first, third]]);
    const left = await db.sql(
      `SELECT project_id FROM batch_events WHERE batch_id = $1 AND kind = 'PROJECT_STATUS_CHANGED'`,
      [batch],
    );
    expect(left).toEqual([{ project_id: second }]);
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

test.each([1, 2])('the times of a history are in its order, also at the end: %i at once', async (count) => {
  await addProjects(count);
  for (const status of ['SCRIPT_GENERATING', 'COMPLETED']) {
    // Each event takes its time, so that one which is made too early is told by it.
    await db.sql(
      `CREATE OR REPLACE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN PERFORM pg_sleep(0.005); NEW.at := clock_timestamp(); RETURN NEW; END $$`,
    );
    await db.sql(
      `CREATE OR REPLACE TRIGGER dawdle BEFORE INSERT ON batch_events FOR EACH ROW EXECUTE FUNCTION dawdle()`,
    );
    await db.sql(`UPDATE projects SET status = '${status}' WHERE batch_id = $1`, [batch]);
  }
  await db.sql('DROP TRIGGER dawdle ON batch_events');
  const rows = await db.sql('SELECT kind, at FROM batch_events WHERE batch_id = $1 ORDER BY version, ordinal', [batch]);
  expect(rows.at(-1)).toMatchObject({ kind: 'FINISHED' });
  expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).toSorted((a, b) => Number(a) - Number(b)));
});

test('a statement may change a project and delete its batch', async () => {
  const id = await addProject();
  await db.sql(
    `WITH changed AS (UPDATE projects SET status = 'RENDERING' WHERE id = $1)
     DELETE FROM batches WHERE id = $2`,
    [id, batch],
  );
  expect([await batchRow(), await project(id), await events(0)]).toEqual([{}, {}, []]);
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
