import { expect, test } from 'vitest';
import { cancelBatch } from '../../src/batches/cancel.ts';
import { createBatch } from '../../src/batches/create.ts';
import { EVERYBODYS } from '../../src/batches/owner.ts';
import { pauseBatch } from '../../src/batches/pause.ts';
import { resumeBatch } from '../../src/batches/resume.ts';
import { retryBatch } from '../../src/batches/retry.ts';
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
import { batchEnded, batchWhere } from '../helpers/wait.ts';

test('no project starts after pauseBatch has returned, until the batch is resumed', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const studio = scriptedStudio();
  await using _engine = await startTestEngine(db.database, queue, studio, { concurrency: 4 });
  const half = studio.hasBegun(12);
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(24));
  await half;
  for (let round = 0; round < 3; round++) {
    const paused = await pauseBatch(db.database, queue, batch.id, EVERYBODYS).catch(() => undefined);
    if (paused === undefined) {
      break;
    }
    const quiet = await batchWhere(db.database, batch.id, ({ runningProjects }) => runningProjects === 0);
    expect(quiet.waitingProjects).toBe(paused.waitingProjects);
    await resumeBatch(db.database, queue, batch.id, EVERYBODYS).catch(() => {});
  }
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ status: 'COMPLETED', completedProjects: 24 });
  expect(studio.runs).toHaveLength(120);
});

test('a running stage is told of a cancel, and its project is CANCELLED once it has let go', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const letGo = Promise.withResolvers<void>();
  const told = Promise.withResolvers<unknown>();
  const studio = scriptedStudio(async (stage, { signal }) => {
    if (stage === 'render') {
      await untilAborted(signal).catch(told.resolve);
      await letGo.promise;
      signal.throwIfAborted();
    }
  });
  await using _engine = await startTestEngine(db.database, queue, studio, { concurrency: 1 });
  const begun = studio.begun(({ stage }) => stage === 'render');
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(2));
  await begun;
  expect(await cancelBatch(db.database, queue, batch.id, EVERYBODYS)).toMatchObject({
    cancelledProjects: 1,
    runningProjects: 1,
  });
  expect(String(await told.promise)).toContain('cancelled');
  expect(await db.database.prisma.batch.findFirst()).toMatchObject({ runningProjects: 1, finishedAt: null });
  letGo.resolve();
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ status: 'CANCELLED', cancelledProjects: 2 });
  expect(studio.runs.map(({ stage }) => stage)).toEqual(['script', 'assets', 'render']);
  // The notification comes before the engine has dealt with the project; the row says it all.
  expect(await db.database.prisma.project.findMany({ orderBy: { position: 'asc' } })).toMatchObject([
    { status: 'CANCELLED', progress: 75, stagesDone: 2, workerId: null },
    { status: 'CANCELLED', progress: 0 },
  ]);
});

test('a stage that was told to stop and finishes all the same has finished; what would come next does not start', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const studio = scriptedStudio(async (_stage, { signal }) => {
    await untilAborted(signal).catch(() => {});
  });
  await using _engine = await startTestEngine(db.database, queue, studio, { concurrency: 1 });
  const begun = studio.begun(() => true);
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(1));
  await begun;
  await cancelBatch(db.database, queue, batch.id, EVERYBODYS);
  await batchEnded(db.database, batch.id);
  expect(await db.database.prisma.project.findMany()).toMatchObject([
    { status: 'CANCELLED', stagesDone: 1, progress: 20 },
  ]);
  expect(studio.runs).toHaveLength(1);
});

test('a project past its last step is COMPLETED though its batch was cancelled', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const gate = Promise.withResolvers<void>();
  const studio = scriptedStudio(async (stage) => {
    if (stage === 'upload') {
      await gate.promise;
      return { videoUrl: '/v.mp4' };
    }
  });
  await using _engine = await startTestEngine(db.database, queue, studio, { concurrency: 1 });
  const begun = studio.begun(({ stage }) => stage === 'upload');
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(2));
  await begun;
  await cancelBatch(db.database, queue, batch.id, EVERYBODYS);
  gate.resolve();
  expect(await batchEnded(db.database, batch.id)).toMatchObject({
    status: 'CANCELLED',
    completedProjects: 1,
    cancelledProjects: 1,
  });
});

test('a project that waits for its backoff is cancelled at once, and does not come back', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const studio = scriptedStudio(async () => {
    throw new Error('broken');
  });
  await using _engine = await startTestEngine(db.database, queue, studio, { backoffMs: 600_000 });
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(1));
  await expect.poll(() => db.database.prisma.project.count({ where: { stageTries: 1, workerId: null } })).toBe(1);
  expect(await cancelBatch(db.database, queue, batch.id, EVERYBODYS)).toMatchObject({
    status: 'CANCELLED',
    cancelledProjects: 1,
    finishedAt: expect.any(Date),
  });
  expect(await db.sql('SELECT id FROM pgboss.job')).toEqual([]);
});

test('a cancelled batch that is retried while its stages let go loses nothing and runs no finished stage twice', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  let blocks = true;
  const told = Promise.withResolvers<void>();
  const letGo = Promise.withResolvers<void>();
  const studio = scriptedStudio(async (stage, { signal }) => {
    if (stage === 'assets' && blocks) {
      await untilAborted(signal).catch(() => told.resolve());
      await letGo.promise;
      signal.throwIfAborted();
    }
  });
  await using _engine = await startTestEngine(db.database, queue, studio, { concurrency: 1 });
  const begun = studio.begun(({ stage }) => stage === 'assets');
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(2));
  const { projectId } = await begun;
  await cancelBatch(db.database, queue, batch.id, EVERYBODYS);
  await told.promise;
  await retryBatch(db.database, queue, batch.id, EVERYBODYS);
  blocks = false;
  letGo.resolve();
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ status: 'COMPLETED', completedProjects: 2 });
  expect(stagesOf(studio, projectId)).toEqual(['script', 'assets', 'assets', 'render', 'thumbnail', 'upload']);
});

test('a batch that is deleted while it runs is let go of, and the engine goes on with others', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const told = Promise.withResolvers<unknown>();
  const studio = scriptedStudio(async (_stage, { project, signal }) => {
    if (project.name === 'doomed') {
      await untilAborted(signal).catch((reason: unknown) => {
        told.resolve(reason);
        throw reason;
      });
    }
  });
  await using _engine = await startTestEngine(db.database, queue, studio, { concurrency: 1 });
  const begun = studio.begun(() => true);
  const content = 'a'.repeat(500);
  const doomed = await createBatch(
    db.database,
    queue,
    testLimits,
    batchInput(0, {
      projects: [
        { name: 'doomed', content },
        { name: 'doomed', content },
      ],
    }),
  );
  await begun;
  await db.sql('DELETE FROM batches WHERE id = $1', [doomed.batch.id]);
  expect(String(await told.promise)).toContain('no longer held');
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(1));
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ completedProjects: 1 });
  await expect.poll(() => db.sql('SELECT id FROM pgboss.job')).toEqual([]);
});

test('a project that is completed by plain SQL while it runs is let go of', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const told = Promise.withResolvers<unknown>();
  const studio = scriptedStudio(async (_stage, { signal }) => {
    await untilAborted(signal).catch(told.resolve);
  });
  await using _engine = await startTestEngine(db.database, queue, studio);
  const begun = studio.begun(() => true);
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(1));
  await begun;
  await db.sql(`UPDATE projects SET status = 'COMPLETED'`);
  expect(String(await told.promise)).toContain('no longer held');
  expect(await batchEnded(db.database, batch.id)).toMatchObject({
    status: 'COMPLETED',
    completedProjects: 1,
    progressSum: 100,
  });
});
