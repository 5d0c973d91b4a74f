import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPostgres } from '../../src/database/postgres.ts';
import { isRetryable, isTimedOut, isUnavailable, SqlState, sqlStateOf } from '../../src/database/sqlstate.ts';
import type { Prisma } from '../../src/generated/prisma/client.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';

let db: TestDatabase;
const id = crypto.randomUUID();

/** Every update of a batch named after a code fails with it. */
beforeAll(async () => {
  db = await createTestDatabase();
  await db.sql(`
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'as told' USING ERRCODE = NEW.name; END $$;
    CREATE TRIGGER fail BEFORE UPDATE ON batches FOR EACH ROW EXECUTE FUNCTION fail();
    INSERT INTO batches (id, name, gemini_model) VALUES ('${id}', 'x', 'model')`);
});

afterAll(() => db[Symbol.asyncDispose]());

const codes = Object.entries(SqlState);

/** What an action rejects with. */
async function errorOf(action: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(action).then(
    () => expect.fail('it succeeded'),
    (error: unknown) => error,
  );
}

const update = (tx: Prisma.TransactionClient, name: string) => tx.batch.update({ where: { id }, data: { name } });

describe.each(codes)('%s (%s)', (_, code) => {
  test.each([
    ['a query of Prisma', () => update(db.database.prisma, code)],
    ['a query of Prisma in a transaction', () => db.database.prisma.$transaction((tx) => update(tx, code))],
    ['raw SQL through Prisma', () => db.database.prisma.$executeRaw`UPDATE batches SET name = ${code}`],
    ['the driver', () => db.database.queueDatabase.executeSql('UPDATE batches SET name = $1', [code])],
  ])('is found in an error of %s', async (_, action) => {
    expect(sqlStateOf(await errorOf(action()))).toBe(code);
  });
});

test("Prisma's own codes and those of the system are no SQLSTATE", () => {
  expect(sqlStateOf(Object.assign(new Error(), { code: 'P2025' }))).toBeUndefined();
  expect(sqlStateOf(Object.assign(new Error(), { code: 'EPIPE' }))).toBeUndefined();
  expect(sqlStateOf(Object.assign(new Error(), { code: 'P0001' }))).toBe('P0001');
  expect(sqlStateOf(Object.assign(new Error(), { code: 'ERR_X' }))).toBeUndefined();
});

test.each([undefined, null, '40001', 40001, new Error('40001'), { meta: null }])('%s has none', (value) => {
  expect(sqlStateOf(value)).toBeUndefined();
  expect(isRetryable(value)).toBe(false);
  expect(isUnavailable(value)).toBe(false);
});

test('an error that is its own cause does not hang', () => {
  const error = new Error('round');
  error.cause = error;
  expect(sqlStateOf(error)).toBeUndefined();
});

test('deadlocks, serialization failures and locks that could not be had are to be tried again', () => {
  const retryable = codes.filter(([, code]) => isRetryable({ code })).map(([name]) => name);
  expect(retryable).toEqual(['serializationFailure', 'deadlockDetected', 'lockNotAvailable']);
});

test('lost connections, shutdowns, too many connections and a read-only server are unavailability', () => {
  const unavailable = codes.filter(([, code]) => isUnavailable({ code })).map(([name]) => name);
  expect(unavailable).toEqual([
    'connectionException',
    'readOnlyTransaction',
    'idleInTransactionSessionTimeout',
    'diskFull',
    'tooManyConnections',
    'adminShutdown',
    'crashShutdown',
    'cannotConnectNow',
  ]);
  expect(isUnavailable({ code: '08006' })).toBe(true);
});

test('a statement that the server gave up took too long', () => {
  expect(codes.filter(([, code]) => isTimedOut({ code })).map(([name]) => name)).toEqual(['queryCanceled']);
});

test('a server that refuses the connection is unavailable', async () => {
  const error = await errorOf(openPostgres({ url: 'postgres://127.0.0.1:1/nothing' }));
  expect(isUnavailable(error)).toBe(true);
  expect(isUnavailable(new AggregateError([Object.assign(new Error(), { code: 'ECONNREFUSED' })]))).toBe(true);
});

test('a database that was closed is unavailable to Prisma and to the queue', async () => {
  await using another = await createTestDatabase();
  const { prisma, queueDatabase } = another.database;
  await another.database[Symbol.asyncDispose]();
  for (const action of [() => prisma.batch.count(), () => queueDatabase.executeSql('SELECT 1')]) {
    expect(isUnavailable(await errorOf(action()))).toBe(true);
  }
});

test('a transaction that could not be had in time, or took too long, is unavailability', async () => {
  const { prisma } = db.database;
  const late = prisma.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1`;
      await delay(50);
      await tx.$queryRaw`SELECT 1`;
    },
    { timeout: 20 },
  );
  expect(isUnavailable(await errorOf(late))).toBe(true);
  expect(await db.database.ping(1_000)).toBe(true);
});

if (process.env['TEST_DATABASE_URL']) {
  test('a connection that the server ends is unavailability, in a transaction and outside', async () => {
    const { prisma, queueDatabase } = db.database;
    const kill = () =>
      db.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND wait_event = 'PgSleep'
        OR datname = current_database() AND state = 'idle in transaction'`);
    const idle = errorOf(
      prisma.$transaction(async (tx) => {
        await tx.$queryRaw`SELECT 1`;
        await kill();
        // The server's word and the end of the connection may come one after the other.
        await tx.$queryRaw`SELECT 1`.catch(() => {});
        await tx.$queryRaw`SELECT 1`;
      }),
    );
    expect(isUnavailable(await idle)).toBe(true);
    const busy = errorOf(queueDatabase.executeSql(`SELECT pg_sleep(20)`));
    while ((await kill()).length === 0);
    expect(isUnavailable(await busy)).toBe(true);
  });
}
