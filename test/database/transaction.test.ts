import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { SqlState, sqlStateOf } from '../../src/database/sqlstate.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import type { Prisma } from '../../src/generated/prisma/client.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
  await db.sql('CREATE TABLE scratch (id int)');
});

afterAll(() => db[Symbol.asyncDispose]());

beforeEach(async () => {
  await db.sql('TRUNCATE scratch');
});

const insert = (tx: Prisma.TransactionClient, id: number) => tx.$executeRaw`INSERT INTO scratch VALUES (${id})`;
const raise = (tx: Prisma.TransactionClient, code: string) =>
  tx.$executeRawUnsafe(`DO $$ BEGIN RAISE EXCEPTION 'as told' USING ERRCODE = '${code}'; END $$`);
const ids = async () => (await db.sql('SELECT id FROM scratch ORDER BY id')).map(({ id }) => id);

test('what the body gives is given once it is committed', async () => {
  expect(await inTransaction(db.database.prisma, async (tx) => insert(tx, 1))).toBe(1);
  expect(await ids()).toEqual([1]);
});

test('an error of the body rolls everything back, and is not tried again', async () => {
  const body = vi.fn(async (tx: Prisma.TransactionClient) => {
    await insert(tx, 1);
    throw new Error('no');
  });
  await expect(inTransaction(db.database.prisma, body)).rejects.toThrow('no');
  expect(body).toHaveBeenCalledOnce();
  expect(await ids()).toEqual([]);
});

test.each([SqlState.deadlockDetected, SqlState.serializationFailure, SqlState.lockNotAvailable])(
  'after %s the whole body runs again',
  async (code) => {
    const body = vi.fn(async (tx: Prisma.TransactionClient) => {
      await insert(tx, body.mock.calls.length);
      if (body.mock.calls.length < 3) {
        await raise(tx, code);
      }
    });
    await inTransaction(db.database.prisma, body);
    expect(await ids()).toEqual([3]);
  },
);

test('after its last try the error is given', async () => {
  const body = vi.fn((tx: Prisma.TransactionClient) => raise(tx, SqlState.deadlockDetected));
  const error: unknown = await inTransaction(db.database.prisma, body, { tries: 2 }).catch((reason: unknown) => reason);
  expect(sqlStateOf(error)).toBe(SqlState.deadlockDetected);
  expect(body).toHaveBeenCalledTimes(2);
});

test('ten thousand rows fit into one', { timeout: 120_000 }, async () => {
  const batchId = crypto.randomUUID();
  const content = '十'.repeat(500);
  await inTransaction(db.database.prisma, async (tx) => {
    await tx.batch.create({ data: { id: batchId, name: 'large', geminiModel: 'model' } });
    await tx.project.createMany({
      data: Array.from({ length: 10_000 }, (_, position) => ({
        id: crypto.randomUUID(),
        batchId,
        position,
        name: `p${position}`,
        content,
        geminiModel: 'model',
      })),
    });
  });
  expect(await db.sql('SELECT total_projects FROM batches')).toEqual([{ total_projects: 10_000 }]);
});

if (process.env['TEST_DATABASE_URL']) {
  test('two that really deadlock both end well', async () => {
    await db.sql('INSERT INTO scratch VALUES (1), (2)');
    const met = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const crossing = (first: number, second: number) =>
      inTransaction(db.database.prisma, async (tx) => {
        await tx.$executeRaw`UPDATE scratch SET id = id WHERE id = ${first}`;
        met[first - 1]?.resolve();
        await met[second - 1]?.promise;
        await tx.$executeRaw`UPDATE scratch SET id = id WHERE id = ${second}`;
      });
    await Promise.all([crossing(1, 2), crossing(2, 1)]);
    expect(await ids()).toEqual([1, 2]);
  });
}
