import { expect, test } from 'vitest';
import { createBatch } from '../../src/batches/create.ts';
import { EVERYBODYS } from '../../src/batches/owner.ts';
import { pauseBatch } from '../../src/batches/pause.ts';
import { resumeBatch } from '../../src/batches/resume.ts';
import type { JobQueue } from '../../src/engine/queue.ts';
import { enqueueWaiting } from '../../src/engine/reconcile.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import {
  batchInput,
  openTestQueue,
  type ScriptedStudio,
  scriptedStudio,
  startTestEngine,
  testLimits,
} from '../helpers/engine.ts';
import { batchEnded } from '../helpers/wait.ts';

const CONTENT = 'a'.repeat(500);

/** A batch whose projects bear its name, so that the studio's list tells whose turn it was. */
async function create(db: TestDatabase, queue: JobQueue, name: string, size: number): Promise<string> {
  const projects = Array.from({ length: size }, () => ({ name, content: CONTENT }));
  return (await createBatch(db.database, queue, testLimits, batchInput(0, { name, projects }))).batch.id;
}

/** The names of the batches whose projects started, in order. */
function starts(studio: ScriptedStudio): string[] {
  return studio.runs.filter(({ stage }) => stage === 'script').map(({ name }) => name);
}

/** Resolves once so many projects have started. */
async function started(studio: ScriptedStudio, count: number): Promise<void> {
  while (starts(studio).length < count) {
    await studio.hasBegun(studio.runs.length + 1);
  }
}

function tally(names: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, each]) => [name, each.length]));
}

/** Jain's index of fairness: 1 where all are equal, 1/n where one has everything. */
function jain(shares: readonly number[]): number {
  const sum = shares.reduce((a, b) => a + b, 0);
  return sum ** 2 / (shares.length * shares.reduce((a, b) => a + b ** 2, 0));
}

test('a batch of 5 that comes after a batch of 200 ends while most of the 200 still wait', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const studio = scriptedStudio();
  const large = await create(db, queue, 'large', 200);
  await using _engine = await startTestEngine(db.database, queue, studio, { concurrency: 1 });
  await started(studio, 5);
  const small = await create(db, queue, 'small', 5);
  await batchEnded(db.database, small);
  const { waitingProjects } = await db.database.prisma.batch.findUniqueOrThrow({ where: { id: large } });
  expect(waitingProjects).toBeGreaterThan(180);
});

test('nine batches of very unequal size have equal shares while all of them wait', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const sizes = { a: 5, b: 400, c: 6, d: 50, e: 8, f: 100, g: 20, h: 200, i: 10 };
  for (const [name, size] of Object.entries(sizes)) {
    await create(db, queue, name, size);
  }
  const studio = scriptedStudio();
  await using _engine = await startTestEngine(db.database, queue, studio, { concurrency: 2 });
  await started(studio, 5 * 9);
  const names = starts(studio);
  const lastOfA = names.lastIndexOf('a');
  const shares = tally(names.slice(0, lastOfA + 1));
  expect(shares).toMatchObject({ a: 5 });
  expect(Object.keys(shares)).toHaveLength(9);
  expect(jain(Object.values(shares))).toBeGreaterThanOrEqual(0.95);
});

test('batches that come one after the other have equal shares from then on', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const studio = scriptedStudio();
  await using _engine = await startTestEngine(db.database, queue, studio, { concurrency: 1 });
  for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) {
    await create(db, queue, name, 100);
    await started(studio, 5 * (index + 1));
  }
  const before = starts(studio).length;
  await started(studio, before + 24);
  const shares = tally(starts(studio).slice(before, before + 24));
  expect(jain(Object.values(shares))).toBeGreaterThanOrEqual(0.95);
  expect(Object.keys(shares)).toHaveLength(4);
});

test('a large batch goes on though small ones come all the time', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const studio = scriptedStudio();
  await create(db, queue, 'large', 100);
  await using _engine = await startTestEngine(db.database, queue, studio, { concurrency: 1 });
  for (let count = 1; count <= 12; count++) {
    await create(db, queue, 'small', 1);
    await started(studio, 2 * count);
  }
  expect(tally(starts(studio))['large']).toBeGreaterThanOrEqual(10);
});

test('a batch that was paused has its share again after it is resumed, neither more nor less', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const studio = scriptedStudio();
  const id = await create(db, queue, 'a', 100);
  await create(db, queue, 'b', 100);
  await using _engine = await startTestEngine(db.database, queue, studio, { concurrency: 1 });
  await started(studio, 10);
  await pauseBatch(db.database, queue, id, EVERYBODYS);
  await started(studio, starts(studio).length + 12);
  await resumeBatch(db.database, queue, id, EVERYBODYS);
  const before = starts(studio).length;
  await started(studio, before + 20);
  const { a = 0 } = tally(starts(studio).slice(before, before + 20));
  expect(a).toBeGreaterThanOrEqual(8);
  expect(a).toBeLessThanOrEqual(12);
});

test('a batch with more lost jobs than one round makes does not keep another’s from coming back', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  await create(db, queue, 'large', 1_100);
  const small = await create(db, queue, 'small', 3);
  await db.sql('DELETE FROM pgboss.job');
  await enqueueWaiting(db.database, queue);
  const jobs = await db.sql('SELECT j.id FROM pgboss.job j JOIN projects p ON p.id = j.id WHERE p.batch_id = $1', [
    small,
  ]);
  expect(jobs).toHaveLength(3);
});

test('what was lost from the queue comes back in turns, too', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const large = await create(db, queue, 'large', 60);
  const small = await create(db, queue, 'small', 3);
  await db.sql('DELETE FROM pgboss.job');
  await using _engine = await startTestEngine(db.database, queue, scriptedStudio(), { concurrency: 1 });
  await batchEnded(db.database, small);
  const { waitingProjects } = await db.database.prisma.batch.findUniqueOrThrow({ where: { id: large } });
  expect(waitingProjects).toBeGreaterThan(45);
});
