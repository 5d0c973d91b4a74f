import { expect, test } from 'vitest';
import { createBatch } from '../../src/batches/create.ts';
import { EVERYBODYS } from '../../src/batches/owner.ts';
import { pauseBatch } from '../../src/batches/pause.ts';
import { retryBatch } from '../../src/batches/retry.ts';
import { PermanentStageError } from '../../src/studio/stage.ts';
import { createTestDatabase } from '../helpers/database.ts';
import { batchInput, openTestQueue, scriptedStudio, stagesOf, startTestEngine, testLimits } from '../helpers/engine.ts';
import { watchLog } from '../helpers/log.ts';
import { batchEnded, batchWhere } from '../helpers/wait.ts';

test('a stage that throws is tried three times, and its project is then FAILED with what it had reached', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const studio = scriptedStudio(async (stage, { onProgress }) => {
    if (stage === 'assets') {
      onProgress(0.5);
      throw new Error(`no slide ${'x'.repeat(600)}`);
    }
  });
  await using _engine = await startTestEngine(db.database, queue, studio);
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(1));

  expect(await batchEnded(db.database, batch.id)).toMatchObject({ status: 'COMPLETED', failedProjects: 1 });

  const [project] = await db.database.prisma.project.findMany();
  expect(project).toMatchObject({
    status: 'FAILED',
    progress: 50,
    stagesDone: 1,
    stageTries: 3,
    attempt: 1,
    workerId: null,
  });
  expect(project?.errorMessage).toBe(`assets: no slide ${'x'.repeat(500 - 'assets: no slide '.length)}`);
  expect(studio.runs.map(({ stage }) => stage)).toEqual(['script', 'assets', 'assets', 'assets']);
  expect(await db.sql('SELECT id FROM pgboss.job')).toEqual([]);
});

test('a retried project goes on from its last finished stage, with its tries to itself', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  let isBroken = true;
  const studio = scriptedStudio(async (stage) => {
    if (stage === 'render' && isBroken) {
      throw new Error('broken');
    }
  });
  await using _engine = await startTestEngine(db.database, queue, studio, { stageTries: 2 });
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(1));
  await batchEnded(db.database, batch.id);
  isBroken = false;
  const before = studio.runs.length;
  await retryBatch(db.database, queue, batch.id, EVERYBODYS);

  expect(await batchEnded(db.database, batch.id)).toMatchObject({ status: 'COMPLETED', completedProjects: 1 });
  expect(studio.runs.slice(before).map(({ stage }) => stage)).toEqual(['render', 'thumbnail', 'upload']);
  expect(await db.database.prisma.project.findMany()).toMatchObject([
    { attempt: 2, errorMessage: null, progress: 100 },
  ]);
});

test('a stage that succeeds at its second try leaves the third to the next stage', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const thrown = new Map<string, number>();
  const studio = scriptedStudio(async (stage) => {
    const times = thrown.get(stage) ?? 0;
    thrown.set(stage, times + 1);
    if (times < 2) {
      throw new Error('not yet');
    }
  });
  await using _engine = await startTestEngine(db.database, queue, studio);
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(1));
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ completedProjects: 1 });
  expect([...thrown.values()]).toEqual([3, 3, 3, 3, 3]);
});

test('a permanent error fails at once', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const studio = scriptedStudio(async () => {
    throw new PermanentStageError('a text without words');
  });
  await using _engine = await startTestEngine(db.database, queue, studio);
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(1));
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ failedProjects: 1 });
  expect(studio.runs).toHaveLength(1);
  expect(await db.database.prisma.project.findMany()).toMatchObject([{ errorMessage: 'script: a text without words' }]);
});

test('whatever a stage throws, its project is FAILED and the engine goes on', async () => {
  const hostile = new Error('x');
  Object.defineProperty(hostile, 'message', { value: Symbol('no text') });
  const throwing = (): never => {
    throw new Error('no text');
  };
  const guarded = new Error('x');
  for (const name of ['message', 'stack', 'code', 'cause', 'name']) {
    Object.defineProperty(guarded, name, { get: throwing, enumerable: true });
  }
  const wordless = 'script: an error that cannot be put into words';
  const thrown: [unknown, string][] = [
    ['just text', 'script: just text'],
    [undefined, 'script: undefined'],
    [Symbol('odd'), 'script: Symbol(odd)'],
    [new TypeError(), 'script: TypeError'],
    [new Error('a\0b\uD83Cc'), 'script: ab\uFFFDc'],
    [Object.create(null), wordless],
    [hostile, wordless],
    [{ toString: throwing, toJSON: throwing }, wordless],
    [guarded, wordless],
    [new Proxy(new Error('x'), { getPrototypeOf: throwing }), wordless],
    [Object.freeze(new Error('frozen')), 'script: frozen'],
    [null, 'script: null'],
    [42n, 'script: 42'],
    ['x'.repeat(50_000_000), `script: ${'x'.repeat(492)}`],
  ];
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const studio = scriptedStudio(async (_stage, { project }) => {
    const odd = thrown[Number(project.name.slice('Project '.length)) - 1];
    if (odd !== undefined) {
      throw odd[0];
    }
  });
  const { log, lines } = watchLog();
  await using _engine = await startTestEngine(db.database, queue, studio, { stageTries: 1, concurrency: 1, log });
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(thrown.length + 1));
  expect(await batchEnded(db.database, batch.id)).toMatchObject({
    failedProjects: thrown.length,
    completedProjects: 1,
  });
  const projects = await db.database.prisma.project.findMany({ orderBy: { position: 'asc' } });
  expect(projects.map(({ errorMessage }) => errorMessage)).toEqual([...thrown.map(([, message]) => message), null]);
  // Each is told of as what it is, a stage that has failed, and not as a run that broke.
  expect(lines.filter(({ msg }) => msg === 'stage failed')).toHaveLength(thrown.length);
  expect(lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

test('a stage that throws a promise fails like any other, and what is in the promise ends no process', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const studio = scriptedStudio(async () => {
    throw Promise.reject(new Error('in a promise'));
  });
  await using _engine = await startTestEngine(db.database, queue, studio, { stageTries: 1 });
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(1));
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ failedProjects: 1 });
  expect(await db.database.prisma.project.findMany()).toMatchObject([{ errorMessage: 'script: [object Promise]' }]);
});

test('a studio that throws before it gives a promise is an error like any other', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const studio = {
    ...scriptedStudio(),
    run: () => {
      throw new Error('at once');
    },
  };
  await using _engine = await startTestEngine(db.database, queue, studio, { stageTries: 1 });
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(1));
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ failedProjects: 1 });
});

test('the failure limit: nothing new starts, what runs ends, and a retry opens the batch again', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const gate = Promise.withResolvers<void>();
  let isBroken = true;
  const studio = scriptedStudio(async (_stage, { project }) => {
    if (project.name === 'Project 1' && isBroken) {
      throw new PermanentStageError('broken');
    }
    await gate.promise;
  });
  await using _engine = await startTestEngine(db.database, queue, studio, { concurrency: 2 });
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(4, { failureLimit: 0 }));
  const failed = await batchWhere(db.database, batch.id, ({ status }) => status === 'FAILED');
  expect(failed.finishedAt === null).toBe(failed.runningProjects > 0);
  gate.resolve();
  const ended = await batchEnded(db.database, batch.id);
  expect(ended).toMatchObject({ status: 'FAILED', failedProjects: 1, runningProjects: 0 });
  expect(ended.completedProjects + ended.waitingProjects).toBe(3);
  const kinds = (await db.database.prisma.batchEvent.findMany({ orderBy: [{ version: 'asc' }, { ordinal: 'asc' }] }))
    .map(({ kind }) => kind)
    .filter((kind) => kind !== 'PROJECT_STATUS_CHANGED');
  expect(kinds).toEqual(['CREATED', 'FAILURE_LIMIT_EXCEEDED', 'FINISHED']);

  isBroken = false;
  await retryBatch(db.database, queue, batch.id, EVERYBODYS);
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ status: 'COMPLETED', completedProjects: 4 });
});

test('a stage that failed is tried again though its batch was paused meanwhile; nothing else starts', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const gate = Promise.withResolvers<void>();
  let tries = 0;
  const studio = scriptedStudio(async () => {
    tries += 1;
    if (tries === 1) {
      await gate.promise;
      throw new Error('once');
    }
  });
  await using _engine = await startTestEngine(db.database, queue, studio, { concurrency: 1 });
  const begun = studio.begun(() => true);
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(3));
  const { projectId } = await begun;
  await pauseBatch(db.database, queue, batch.id, EVERYBODYS);
  gate.resolve();
  expect(await batchWhere(db.database, batch.id, ({ runningProjects }) => runningProjects === 0)).toMatchObject({
    status: 'PAUSED',
    completedProjects: 1,
    waitingProjects: 2,
  });
  expect(stagesOf(studio, projectId)).toEqual(['script', 'script', 'assets', 'render', 'thumbnail', 'upload']);
});
