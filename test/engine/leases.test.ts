import { expect, test } from 'vitest';
import { createBatch } from '../../src/batches/create.ts';
import type { Database } from '../../src/database/database.ts';
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

/** Keeps a worker looking dead, whatever its heartbeat says. */
async function pronounceDead(db: TestDatabase, workerId: string): Promise<void> {
  await db.sql(`CREATE OR REPLACE FUNCTION pronounce_dead() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.id = TG_ARGV[0]::uuid THEN NEW.seen_at := now() - interval '1 minute'; END IF;
      RETURN NEW;
    END $$;
    CREATE OR REPLACE TRIGGER pronounce_dead BEFORE UPDATE ON workers
      FOR EACH ROW EXECUTE FUNCTION pronounce_dead('${workerId}');
    UPDATE workers SET seen_at = now() WHERE id = '${workerId}'`);
}

test('a worker that was thought dead can’t write any more: its project is completed once, by its heir', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  await using another = await db.openAnother();
  await using anotherQueue = await openTestQueue(another);
  const gate = Promise.withResolvers<void>();
  // Deaf to its signal, as a process is that was stopped and goes on later.
  const slow = scriptedStudio(async (stage) => {
    if (stage === 'assets') {
      await gate.promise;
    }
    return { videoUrl: '/slow.mp4' };
  });
  const quick = scriptedStudio(async () => ({ videoUrl: '/quick.mp4' }));
  const discarded: string[] = [];
  const discardWork = async (id: string) => void discarded.push(id);
  // With a second slot it might well be its own heir.
  await using first = await startTestEngine(db.database, queue, { ...slow, discardWork }, { concurrency: 1 });
  const begun = slow.begun(({ stage }) => stage === 'assets');
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(1));
  const { projectId } = await begun;

  await pronounceDead(db, first.workerId);
  await using _second = await startTestEngine(another, anotherQueue, quick);
  await batchEnded(db.database, batch.id);
  gate.resolve();
  await first[Symbol.asyncDispose]();

  expect(stagesOf(slow, projectId)).toEqual(['script', 'assets']);
  expect(stagesOf(quick, projectId)).toEqual(['assets', 'render', 'thumbnail', 'upload']);
  expect(await db.database.prisma.project.findMany()).toMatchObject([
    { status: 'COMPLETED', videoUrl: '/quick.mp4', claim: 2 },
  ]);
  // What it has begun anew of what its heir had finished with.
  expect(discarded).toEqual([projectId]);
  const completions = await db.database.prisma.batchEvent.count({ where: { toStatus: 'COMPLETED' } });
  expect(completions).toBe(1);
});

test('a worker that has lost its project is told so', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const told = Promise.withResolvers<unknown>();
  const studio = scriptedStudio(async (_stage, { signal }) => {
    await untilAborted(signal).catch((reason: unknown) => {
      told.resolve(reason);
      throw reason;
    });
  });
  await using first = await startTestEngine(db.database, queue, studio, { concurrency: 1 });
  const begun = studio.begun(() => true);
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(1));
  await begun;
  await pronounceDead(db, first.workerId);
  await using _second = await startTestEngine(db.database, queue, scriptedStudio(), { concurrency: 1 });
  expect(String(await told.promise)).toContain('no longer held');
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ completedProjects: 1 });
});

test('a worker that was thought dead for a moment and takes its own project up again ends its first run', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  let runs = 0;
  const told = Promise.withResolvers<unknown>();
  const studio = scriptedStudio(async (_stage, { signal }) => {
    runs += 1;
    if (runs === 1) {
      await untilAborted(signal).catch((reason: unknown) => {
        told.resolve(reason);
        throw reason;
      });
    }
  });
  await using engine = await startTestEngine(db.database, queue, studio, { concurrency: 2 });
  const begun = studio.begun(() => true);
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(1));
  await begun;
  await pronounceDead(db, engine.workerId);
  expect(String(await told.promise)).toContain('no longer held');
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ completedProjects: 1 });
});

test('a worker that dies ten times in one stage takes its project down', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const studio = scriptedStudio(async (_stage, { signal }) => untilAborted(signal));
  // It takes its own project up again and again, as all the workers would that die of it.
  const first = await startTestEngine(db.database, queue, studio, { concurrency: 2, shutdownGraceMs: 0 });
  await using _stop = first;
  await pronounceDead(db, first.workerId);
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(1));
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ failedProjects: 1 });
  expect(await db.database.prisma.project.findMany()).toMatchObject([
    { status: 'FAILED', stagesDone: 0, errorMessage: expect.stringMatching(/^script: .*10 times/) },
  ]);
  expect(studio.runs).toHaveLength(10);
});

/** The same database, but for what its Prisma client does. */
function withPrisma(database: Database, prisma: Database['prisma']): Database {
  const { backend, queueDatabase } = database;
  const query: Database['query'] = (statement, values) => database.query(statement, values);
  const transaction: Database['transaction'] = (body) => database.transaction(body);
  return {
    backend,
    queueDatabase,
    prisma,
    operations: { prisma, query, transaction },
    query,
    transaction,
    listen: (...args) => database.listen(...args),
    ping: (timeoutMs) => database.ping(timeoutMs),
    async [Symbol.asyncDispose]() {},
  };
}

/** A database whose transactions are committed, and then seem to have failed, as often as `isCut` says. */
function cutting(database: Database, isCut: () => boolean): Database {
  const $transaction = async (body: never, options: never): Promise<unknown> => {
    const result: unknown = await database.prisma.$transaction(body, options);
    if (isCut()) {
      throw Object.assign(new Error('the answer was lost'), { code: 'ECONNRESET' });
    }
    return result;
  };
  const prisma = new Proxy(database.prisma, {
    get: (target, name) => (name === '$transaction' ? $transaction : Reflect.get(target, name, target)),
  });
  return withPrisma(database, prisma);
}

test('a connection that is lost with the answer to a claim or to any other write costs nothing', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  let isSound = false;
  const studio = scriptedStudio(async (stage, { project }) => {
    if (stage === 'assets' && project.name === 'Project 2' && !isSound) {
      isSound = true;
      throw new Error('once');
    }
  });
  let answers = 0;
  const unreliable = cutting(db.database, () => answers++ % 3 === 0);
  await using _engine = await startTestEngine(unreliable, queue, studio);
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(3));
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ status: 'COMPLETED', completedProjects: 3 });
  for (const { stage, projectId } of studio.runs.filter(({ stage }) => stage !== 'assets')) {
    expect(stagesOf(studio, projectId).filter((each) => each === stage)).toHaveLength(1);
  }
});

test('a run that breaks for a reason of the engine’s own is not forgotten', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  let breaks = 2;
  const studio = scriptedStudio();
  const prisma = new Proxy(db.database.prisma, {
    get(target, name) {
      if (name === '$transaction' && studio.runs.length > 0 && breaks-- > 0) {
        throw new Error('a surprise');
      }
      return Reflect.get(target, name, target);
    },
  });
  await using _engine = await startTestEngine(withPrisma(db.database, prisma), queue, studio);
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(2));
  expect(await batchEnded(db.database, batch.id)).toMatchObject({ status: 'COMPLETED', completedProjects: 2 });
});
