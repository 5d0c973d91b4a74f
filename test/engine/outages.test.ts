import { afterEach, expect, test, vi } from 'vitest';
import { createBatch } from '../../src/batches/create.ts';
import { EVERYBODYS } from '../../src/batches/owner.ts';
import { retryBatch } from '../../src/batches/retry.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import {
  batchInput,
  openTestQueue,
  scriptedStudio,
  startTestEngine,
  testLimits,
  untilAborted,
} from '../helpers/engine.ts';
import { batchEnded, rowWhere } from '../helpers/wait.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** Ends every connection to the database but the one that says so. On PGlite there is no other. */
async function cutConnections(db: TestDatabase): Promise<void> {
  await db.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`);
}

test('connections that are cut again and again cost nothing but time', async () => {
  await using db = await createTestDatabase();
  await using database = await db.openAnother();
  await using queue = await openTestQueue(database);
  const studio = scriptedStudio();
  await createBatch(database, queue, testLimits, batchInput(30));
  await using _engine = await startTestEngine(database, queue, studio, { concurrency: 4 });
  for (let count = 15; count <= 120; count += 15) {
    await studio.hasBegun(count);
    await cutConnections(db);
  }
  await rowWhere(
    () => db.sql('SELECT status, completed_projects FROM batches').catch(() => []),
    ({ completed_projects }) => completed_projects === 30,
  );
  const events = await db.sql(`SELECT count(*)::int AS count FROM batch_events WHERE kind = 'PROJECT_STATUS_CHANGED'`);
  // Ten changes for each project: none was recorded twice, none is missing.
  expect(events).toEqual([{ count: 300 }]);
});

test('an engine whose database is gone stops all the same once its grace is over', async () => {
  const db = await createTestDatabase();
  const database = await db.openAnother();
  const queue = await openTestQueue(database);
  const studio = scriptedStudio(async (_stage, { signal }) => untilAborted(signal));
  const engine = await startTestEngine(database, queue, studio, { shutdownGraceMs: 50 });
  const begun = studio.begun(() => true);
  await createBatch(database, queue, testLimits, batchInput(1));
  await begun;
  // Closed and dropped: nothing answers any more.
  await db[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  await queue[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  expect(studio.runs).toHaveLength(1);
});

test.each([
  ['a day ahead', 1],
  ['a day behind', -1],
])('a process whose clock is %s does its work like any other', async (_name, days) => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * 86_400_000 });
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  let isBroken = true;
  const studio = scriptedStudio(async (stage) => {
    if (stage === 'render' && isBroken) {
      isBroken = false;
      throw new Error('once');
    }
  });
  await using _engine = await startTestEngine(db.database, queue, studio, { stageTries: 1, concurrency: 1 });
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(2));
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ failedProjects: 1, completedProjects: 1 });
  await retryBatch(db.database, queue, batch.id, EVERYBODYS);
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ failedProjects: 0, completedProjects: 2 });
  // On PGlite the database's clock is this process's, too.
  const untrue = 'SELECT id FROM projects WHERE NOT (created_at <= started_at AND started_at <= finished_at)';
  expect(await db.sql(untrue)).toEqual([]);
});

test('a worker that died before the database’s clock was set back is dead', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(1));
  await db.sql(
    `INSERT INTO workers (id, seen_at) VALUES ('0193a1b2-0000-7000-8000-000000000000', now() + interval '1 hour')`,
  );
  await db.sql(`UPDATE projects SET status = 'RENDERING', worker_id = '0193a1b2-0000-7000-8000-000000000000'`);
  await db.sql('DELETE FROM pgboss.job');
  await using _engine = await startTestEngine(db.database, queue, scriptedStudio());
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ completedProjects: 1 });
});

test('what was queued and put off before the database’s clock was set back is due all the same', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(3));
  await db.sql(`UPDATE projects SET status = 'RENDERING', due_at = now() + interval '6 hours' WHERE position = 0`);
  await db.sql(`UPDATE pgboss.job SET start_after = now() + interval '6 hours'`);
  await using _engine = await startTestEngine(db.database, queue, scriptedStudio());
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ completedProjects: 3 });
});
