import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cancelBatch } from '../../src/batches/cancel.ts';
import { createBatch } from '../../src/batches/create.ts';
import { EVERYBODYS } from '../../src/batches/owner.ts';
import { retryBatch } from '../../src/batches/retry.ts';
import type { JobQueue } from '../../src/engine/queue.ts';
import { createLocalStudio, type Studio } from '../../src/studio/studio.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
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
import { freshDataDir } from '../studio/workshop.ts';

/** Long for a stage that does nothing, short for one that hangs. */
const SHORT = { stageTimeoutMs: 500, stopGraceMs: 100 };

let db: TestDatabase;
let queue: JobQueue;
beforeEach(async () => {
  db = await createTestDatabase();
  queue = await openTestQueue(db.database);
});
afterEach(async () => {
  await queue[Symbol.asyncDispose]();
  await db[Symbol.asyncDispose]();
});

const create = async (projects: number) =>
  (await createBatch(db.database, queue, testLimits, batchInput(projects))).batch;
const projects = () => db.database.prisma.project.findMany({ orderBy: { position: 'asc' } });

test('a stage that takes too long is told to stop, and tried as often as one that throws', async () => {
  const studio = scriptedStudio(async (stage, { signal }) => {
    if (stage === 'assets') {
      // Whatever it says then, the time is why.
      await untilAborted(signal).catch(() => Promise.reject(new Error('a broken pipe')));
    }
  });
  await using _engine = await startTestEngine(db.database, queue, studio, { ...SHORT, stageTries: 2 });
  const batch = await create(1);
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ status: 'COMPLETED', failedProjects: 1 });
  expect(studio.runs.map(({ stage }) => stage)).toEqual(['script', 'assets', 'assets']);
  expect(await projects()).toMatchObject([
    { status: 'FAILED', stagesDone: 1, stageTries: 2, errorMessage: 'assets: took longer than 0.5 s' },
  ]);
});

test('a stage that is deaf to its time limit keeps no place, and its late result is nobody’s', async () => {
  const late = Promise.withResolvers<void>();
  const woken = Promise.withResolvers<void>();
  let isFirst = true;
  const studio = scriptedStudio(async (stage, { project, onProgress }) => {
    if (stage === 'upload' && project.name === 'Project 1') {
      if (!isFirst) {
        return { videoUrl: '/second.mp4' };
      }
      isFirst = false;
      await late.promise;
      onProgress(0.9);
      woken.resolve();
      return { videoUrl: '/late.mp4' };
    }
  });
  await using _engine = await startTestEngine(db.database, queue, studio, { ...SHORT, concurrency: 1 });
  const batch = await create(2);
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ status: 'COMPLETED', completedProjects: 2 });
  const before = await projects();
  expect(before).toMatchObject([{ videoUrl: '/second.mp4', claim: 2 }, { videoUrl: null }]);
  late.resolve();
  await woken.promise;
  const next = await create(1);
  expect(await batchEnded(db.database, next.id)).toMatchObject({ completedProjects: 1 });
  expect((await projects()).filter(({ batchId }) => batchId === batch.id)).toEqual(before);
  expect(stagesOf(studio, before[0]?.id ?? '').filter((stage) => stage === 'upload')).toHaveLength(2);
});

test('a cancelled project is CANCELLED though its stage is deaf, and its place is free', async () => {
  const studio = scriptedStudio(async (_stage, { project }) => {
    if (project.name === 'Project 1') {
      await new Promise(() => {});
    }
  });
  await using _engine = await startTestEngine(db.database, queue, studio, { stopGraceMs: 100, concurrency: 1 });
  const begun = studio.begun(() => true);
  const batch = await create(1);
  await begun;
  await cancelBatch(db.database, queue, batch.id, EVERYBODYS);
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ status: 'CANCELLED', cancelledProjects: 1 });
  const next = await createBatch(
    db.database,
    queue,
    testLimits,
    batchInput(0, { projects: [{ name: 'Another', content: 'a'.repeat(500) }] }),
  );
  expect(await batchEnded(db.database, next.batch.id)).toMatchObject({ completedProjects: 1 });
});

test('an engine stops though a stage is deaf, and hands its project back at once', async () => {
  const studio = scriptedStudio(() => new Promise(() => {}));
  const deaf = await startTestEngine(db.database, queue, studio, { stopGraceMs: 100, shutdownGraceMs: 0 });
  const begun = studio.begun(() => true);
  const batch = await create(1);
  await begun;
  await deaf[Symbol.asyncDispose]();
  expect(await projects()).toMatchObject([{ status: 'SCRIPT_GENERATING', workerId: null, stageLosses: 0 }]);
  await using _engine = await startTestEngine(db.database, queue, scriptedStudio());
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ completedProjects: 1 });
});

test('a stage that wakes up after it was let go of replaces no file of the run that came after it', async () => {
  const dataDir = await freshDataDir();
  const local = createLocalStudio({ dataDir });
  const late = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<string>();
  const lateEnd = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  let isFirst = true;
  const studio: Studio = {
    ...local,
    async run(stage, context) {
      if (stage === 'assets' && isFirst) {
        isFirst = false;
        await late.promise;
        // As deaf as can be: not even the studio sees that it was told to stop.
        const result = await local.run(stage, { ...context, signal: new AbortController().signal });
        lateEnd.resolve();
        return result;
      }
      if (stage === 'render') {
        reached.resolve(context.project.id);
        await goOn.promise;
      }
      return local.run(stage, context);
    },
  };
  const watched = scriptedStudio();
  const run: Studio['run'] = async (stage, context) => {
    await watched.run(stage, context);
    return studio.run(stage, context);
  };
  await using _engine = await startTestEngine(db.database, queue, { ...studio, run }, { stopGraceMs: 100 });
  const begun = watched.begun(({ stage }) => stage === 'assets');
  const batch = await create(1);
  await begun;
  await cancelBatch(db.database, queue, batch.id, EVERYBODYS);
  await batchEnded(db.database, batch.id);
  await retryBatch(db.database, queue, batch.id, EVERYBODYS);

  const seal = join(dataDir, 'work', await reached.promise, 'assets', 'seal.json');
  const before = await stat(seal);
  late.resolve();
  await lateEnd.promise;
  const after = await stat(seal);
  expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
  goOn.resolve();
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ status: 'COMPLETED', completedProjects: 1 });
});
