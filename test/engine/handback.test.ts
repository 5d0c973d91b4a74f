import { expect, test } from 'vitest';
import { createBatch } from '../../src/batches/create.ts';
import { createTestDatabase } from '../helpers/database.ts';
import {
  batchInput,
  openTestQueue,
  scriptedStudio,
  stagesOf,
  startTestEngine,
  testLimits,
  untilAborted,
} from '../helpers/engine.ts';
import { batchEnded } from '../helpers/wait.ts';

test('a stage that ends within the grace is recorded; another worker goes on after it at once', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const gate = Promise.withResolvers<void>();
  const first = scriptedStudio(async (stage) => {
    if (stage === 'assets') {
      await gate.promise;
    }
  });
  const stopped = await startTestEngine(db.database, queue, first, { concurrency: 1, shutdownGraceMs: 60_000 });
  const begun = first.begun(({ stage }) => stage === 'assets');
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(2));
  const { projectId } = await begun;
  const stopping = stopped[Symbol.asyncDispose]();
  gate.resolve();
  await stopping;
  expect(await db.database.prisma.project.findUnique({ where: { id: projectId } })).toMatchObject({
    status: 'ASSETS_GENERATED',
    workerId: null,
    stageTries: 0,
    stageLosses: 0,
  });
  expect(await db.sql('SELECT count(*)::int AS jobs FROM pgboss.job')).toEqual([{ jobs: 2 }]);

  const second = scriptedStudio();
  await using _engine = await startTestEngine(db.database, queue, second, { concurrency: 1 });
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ status: 'COMPLETED', completedProjects: 2 });
  expect(stagesOf(first, projectId)).toEqual(['script', 'assets']);
  expect(stagesOf(second, projectId)).toEqual(['render', 'thumbnail', 'upload']);
  // What had started goes on before what waits.
  expect(second.runs[0]?.projectId).toBe(projectId);
});

test('a stage that outlasts the grace is aborted and handed back; another worker runs it again, and no other', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const first = scriptedStudio(async (stage, { signal }) => {
    if (stage === 'render') {
      await untilAborted(signal);
    }
  });
  const stopped = await startTestEngine(db.database, queue, first, { shutdownGraceMs: 50 });
  const begun = first.begun(({ stage }) => stage === 'render');
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(1));
  const { projectId } = await begun;
  await stopped[Symbol.asyncDispose]();
  expect(await db.database.prisma.project.findMany()).toMatchObject([
    { status: 'RENDERING', workerId: null, stagesDone: 2, stageTries: 0, stageLosses: 0, attempt: 1 },
  ]);
  const second = scriptedStudio();
  await using _engine = await startTestEngine(db.database, queue, second);
  await batchEnded(db.database, batch.id);
  expect([...stagesOf(first, projectId), ...stagesOf(second, projectId)]).toEqual([
    'script',
    'assets',
    'render',
    'render',
    'thumbnail',
    'upload',
  ]);
});

test('an engine that is stopped takes nothing new, and gives up its name', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const studio = scriptedStudio();
  const engine = await startTestEngine(db.database, queue, studio);
  await engine[Symbol.asyncDispose]();
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(2));
  expect(await db.sql('SELECT id FROM workers')).toEqual([]);
  expect(await db.database.prisma.batch.findUnique({ where: { id: batch.id } })).toMatchObject({ status: 'QUEUED' });
  expect(studio.runs).toEqual([]);
});

test('engines that come and go all the time run every stage once', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const studio = scriptedStudio();
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(30));
  for (let count = 5; count <= 100; count += 5) {
    await using _engine = await startTestEngine(db.database, queue, studio, {
      concurrency: 4,
      shutdownGraceMs: 60_000,
    });
    await studio.hasBegun(count);
  }
  await using _last = await startTestEngine(db.database, queue, studio, { concurrency: 4 });
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ status: 'COMPLETED', completedProjects: 30 });
  expect(studio.runs).toHaveLength(150);
});

test('never more projects run at once than the concurrency allows', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  let running = 0;
  let most = 0;
  const three = Promise.withResolvers<void>();
  const studio = scriptedStudio(async () => {
    running += 1;
    most = Math.max(most, running);
    if (running >= 3) {
      three.resolve();
    }
    await three.promise;
    await new Promise(setImmediate);
    running -= 1;
  });
  await using _engine = await startTestEngine(db.database, queue, studio, { concurrency: 3 });
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(20));
  await batchEnded(db.database, batch.id);
  expect(most).toBe(3);
});
