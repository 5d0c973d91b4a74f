import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});

afterAll(() => db[Symbol.asyncDispose]());

test('an open database answers a ping, a closed one does not', async () => {
  await using another = await createTestDatabase();
  expect(await another.database.ping(1_000)).toBe(true);
  await another.database[Symbol.asyncDispose]();
  expect(await another.database.ping(1_000)).toBe(false);
});

test('while nothing gets through, a ping says no when its time is over', async () => {
  const { prisma } = db.database;
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const hold = () =>
    prisma.$transaction(
      async (tx) => {
        await tx.$queryRaw`SELECT 1`;
        await released;
      },
      { maxWait: 20_000, timeout: 20_000 },
    );
  const holders = Array.from({ length: 10 }, hold);
  await vi.waitFor(async () => expect(await db.database.ping(20)).toBe(false));
  release();
  await Promise.all(holders);
  expect(await db.database.ping(1_000)).toBe(true);
});

test('times are UTC for Prisma and for the queue', async () => {
  expect(await db.database.prisma.$queryRaw`SHOW TimeZone`).toEqual([{ TimeZone: 'UTC' }]);
  expect((await db.database.queueDatabase.executeSql('SHOW TimeZone')).rows).toEqual([{ TimeZone: 'UTC' }]);
});

test('a time goes in and comes out as it is', async () => {
  const createdAt = new Date('2026-07-01T23:30:00.123Z');
  const { prisma } = db.database;
  const { id } = await prisma.batch.create({
    data: { id: crypto.randomUUID(), name: 'timed', geminiModel: 'model', createdAt },
  });
  expect(await prisma.batch.findUnique({ where: { id } })).toMatchObject({ createdAt });
  expect(await db.sql('SELECT created_at FROM batches WHERE id = $1', [id])).toEqual([{ created_at: createdAt }]);
});

test('a listener hears what is committed, and nothing that is rolled back', async () => {
  const payloads: string[] = [];
  const onGap = vi.fn();
  await using _listening = await db.database.listen('news', (payload) => void payloads.push(payload), onGap);
  await db.sql(`BEGIN; NOTIFY news, 'rolled back'; ROLLBACK`);
  await db.sql(`BEGIN; NOTIFY news, 'committed'; COMMIT`);
  await vi.waitFor(() => expect(payloads).toEqual(['committed']));
  expect(onGap).not.toHaveBeenCalled();
});

test('a listener that has stopped hears nothing more', async () => {
  const [stopped, kept] = [vi.fn(), vi.fn()];
  const listening = await db.database.listen('news', stopped, () => {});
  await using _kept = await db.database.listen('news', kept, () => {});
  await listening[Symbol.asyncDispose]();
  await db.sql(`NOTIFY news, 'late'`);
  await vi.waitFor(() => expect(kept).toHaveBeenCalledWith('late'));
  expect(stopped).not.toHaveBeenCalled();
});

test('a listener that throws harms neither the process nor the next notification', async () => {
  const heard = vi.fn(() => {
    throw new Error('oops');
  });
  await using _listening = await db.database.listen('news', heard, () => {});
  await db.sql(`NOTIFY news, 'one'`);
  await db.sql(`NOTIFY news, 'two'`);
  await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(2));
});

test('the queue runs scripts, gives all of their rows, and takes values', async () => {
  const { queueDatabase } = db.database;
  const script = 'BEGIN; SELECT 1 AS one; SELECT 2 AS two; COMMIT';
  const result: unknown = await queueDatabase.executeSql(script);
  const rows = Array.isArray(result) ? result.flatMap((each) => each.rows) : Object(result).rows;
  expect(rows).toEqual([{ one: 1 }, { two: 2 }]);
  expect((await queueDatabase.executeSql('SELECT $1::int AS it', [3])).rows).toEqual([{ it: 3 }]);
});

test('a script that fails in its transaction leaves nothing, and harms no statement beside it', async () => {
  const { queueDatabase, prisma } = db.database;
  await db.sql('CREATE TABLE scratch (id int)');
  const results = await Promise.allSettled([
    queueDatabase.executeSql('BEGIN; INSERT INTO scratch VALUES (1); SELECT 1 / 0; COMMIT'),
    prisma.$queryRaw`SELECT 1 AS one`,
    prisma.$transaction((tx) => tx.$executeRaw`INSERT INTO scratch VALUES (2)`),
    queueDatabase.executeSql('INSERT INTO scratch VALUES ($1)', [3]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
  expect(await db.sql('SELECT id FROM scratch ORDER BY id')).toEqual([{ id: 2 }, { id: 3 }]);
});

test('what the queue does wrong does not roll back the open transaction of another', async () => {
  const { queueDatabase, prisma } = db.database;
  await db.sql('CREATE TABLE kept (id int)');
  const wrong: Promise<unknown>[] = [];
  await prisma.$transaction(async (tx) => {
    await tx.$executeRaw`INSERT INTO kept VALUES (1)`;
    wrong.push(
      ...['SELECT 1 / 0', 'BEGIN; SELECT 1 / 0; COMMIT'].map((text) => queueDatabase.executeSql(text).catch(String)),
    );
    await tx.$executeRaw`INSERT INTO kept VALUES (2)`;
  });
  expect(await Promise.all(wrong)).toEqual(Array(2).fill('error: division by zero'));
  expect(await db.sql('SELECT id FROM kept ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
});

test('pg-boss runs on it, hears of jobs at once, and leaves it open', { timeout: 60_000 }, async () => {
  await using other = await db.openAnother();
  const boss = new PgBoss({
    db: other.queueDatabase,
    backend: other.backend === 'pglite' ? 'pglite' : 'postgres',
    useListenNotify: true,
  });
  boss.on('error', (error) => expect.fail(String(error)));
  await boss.start();
  await boss.createQueue('work', { notify: true });
  const { promise: done, resolve } = Promise.withResolvers<unknown>();
  await boss.work('work', { pollingIntervalSeconds: 60 }, async ([job]) => resolve(job?.data));
  await boss.send('work', { some: 'thing' });
  expect(await done).toEqual({ some: 'thing' });
  await boss.stop({ close: false });
  expect(await other.ping(1_000)).toBe(true);
});
