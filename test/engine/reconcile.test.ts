import { expect, test } from 'vitest';
import { createBatch } from '../../src/batches/create.ts';
import { EVERYBODYS } from '../../src/batches/owner.ts';
import { pauseBatch } from '../../src/batches/pause.ts';
import { createTestDatabase } from '../helpers/database.ts';
import { batchInput, openTestQueue, scriptedStudio, stagesOf, startTestEngine, testLimits } from '../helpers/engine.ts';
import { batchEnded, rowWhere } from '../helpers/wait.ts';

test('work whose jobs are gone gets done all the same, started work from its checkpoint', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(3));
  await db.sql(`UPDATE projects SET status = 'RENDERED' WHERE position = 1`);
  await db.sql('DELETE FROM pgboss.job');
  const studio = scriptedStudio();
  await using _engine = await startTestEngine(db.database, queue, studio);
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ status: 'COMPLETED', completedProjects: 3 });
  const [, second] = await db.database.prisma.project.findMany({ orderBy: { position: 'asc' } });
  expect(stagesOf(studio, second?.id ?? '')).toEqual(['thumbnail', 'upload']);
});

test('a batch that plain SQL has cancelled ends, its running project among it', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const studio = scriptedStudio(
    (_stage, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  );
  await using _engine = await startTestEngine(db.database, queue, studio, { concurrency: 1 });
  const begun = studio.begun(() => true);
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(20));
  await begun;
  await db.sql('UPDATE batches SET cancelled_at = now()');
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ status: 'CANCELLED', cancelledProjects: 20 });
  expect(studio.runs).toHaveLength(1);
});

test('what plain SQL has cancelled, resumed, inserted or sent back, and told no queue of, is seen to', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const create = async () => (await createBatch(db.database, queue, testLimits, batchInput(2))).batch.id;
  const [cancelled, resumed, ended] = [await create(), await create(), await create()];
  await pauseBatch(db.database, queue, cancelled, EVERYBODYS);
  await pauseBatch(db.database, queue, resumed, EVERYBODYS);
  const studio = scriptedStudio();
  await using _engine = await startTestEngine(db.database, queue, studio);
  await batchEnded(db.database, ended);
  const before = studio.runs.length;

  await db.sql('UPDATE batches SET cancelled_at = now() WHERE id = $1', [cancelled]);
  await db.sql('UPDATE batches SET paused_at = NULL WHERE id = $1', [resumed]);
  await db.sql(
    `INSERT INTO projects (id, batch_id, position, name, content, gemini_model)
     SELECT gen_random_uuid(), id, 2, 'by hand', repeat('a', 500), gemini_model FROM batches WHERE id = $1`,
    [ended],
  );
  await db.sql(`UPDATE projects SET status = 'INITIALIZED' WHERE batch_id = $1 AND position = 0`, [ended]);

  expect(await batchEnded(db.database, cancelled)).toMatchObject({ status: 'CANCELLED', cancelledProjects: 2 });
  expect(await batchEnded(db.database, resumed)).toMatchObject({ status: 'COMPLETED', completedProjects: 2 });
  expect(await batchEnded(db.database, ended)).toMatchObject({ status: 'COMPLETED', completedProjects: 3 });
  // Two from the beginning, one by hand, and one that had all its stages and does the last again.
  expect(studio.runs.length - before).toBe(3 * 5 + 1);
});

test('a job that was fetched by a process which then died before its claim comes back', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(2));
  expect(await queue.fetch(2)).toHaveLength(2);
  await using _engine = await startTestEngine(db.database, queue, scriptedStudio());
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ completedProjects: 2 });
});

test('dead workers are forgotten once they hold nothing', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  await db.sql(`INSERT INTO workers (id, seen_at) VALUES (gen_random_uuid(), now() - interval '2 hours')`);
  const engine = await startTestEngine(db.database, queue, scriptedStudio());
  {
    await using _stop = engine;
    await rowWhere(
      () => db.sql('SELECT count(*)::int AS workers FROM workers'),
      ({ workers }) => workers === 1,
    );
    expect(await db.sql('SELECT id FROM workers')).toEqual([{ id: engine.workerId }]);
  }
  expect(await db.sql('SELECT id FROM workers')).toEqual([]);
});
