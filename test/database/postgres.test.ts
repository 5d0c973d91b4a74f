import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/database/database.ts';
import { DatabaseUnreachableError, DatabaseVersionError } from '../../src/database/errors.ts';
import { openPostgres, PostgresDatabase } from '../../src/database/postgres.ts';
import { parseServerAddress } from '../../src/database/server-address.ts';
import { isTimedOut, SqlState, sqlStateOf } from '../../src/database/sqlstate.ts';
import { createTestDatabase } from '../helpers/database.ts';
import { startProcess } from './children.ts';
import { FakePostgres } from './fake-postgres.ts';

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('a server that is not there is named in one line, without the password', async () => {
  const port = await unusedPort();
  const databaseUrl = `postgres://someone:secret@127.0.0.1:${port}/shows`;
  const error = await openDatabase({ dataDir: '', databaseUrl }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DatabaseUnreachableError);
  expect(String(error)).toBe(
    `DatabaseUnreachableError: The database 127.0.0.1:${port}/shows can't be reached: connect ECONNREFUSED 127.0.0.1:${port}`,
  );
});

test('a server older than 14 is refused', async () => {
  await using server = await FakePostgres.start();
  server.answer = (statement) =>
    statement.includes('server_version_num') ? { num: '130012', name: '13.12' } : undefined;
  await expect(openPostgres({ url: server.url })).rejects.toThrow(DatabaseVersionError);
  await expect(openPostgres({ url: server.url })).rejects.toThrow(
    `The database 127.0.0.1:${server.port}/fake is PostgreSQL 13.12; 14 or later is needed`,
  );
  await vi.waitFor(() => expect(server.connections).toBe(0));
});

if (process.env['TEST_DATABASE_URL']) {
  const killOthers = (sql: (text: string) => Promise<unknown>) =>
    sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()`);

  test('a database that is not there is named', async () => {
    const url = new URL(process.env['TEST_DATABASE_URL'] ?? '');
    url.pathname = '/nowhere';
    await expect(openPostgres({ url: url.href })).rejects.toThrow(
      /can't be reached: database "nowhere" does not exist/,
    );
  });

  test('the time zone is UTC even where the database prefers another', async () => {
    await using db = await createTestDatabase();
    await db.sql(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET TimeZone = ''Asia/Taipei''', current_database()); END $$`,
    );
    await using other = await db.openAnother();
    expect(await other.prisma.$queryRaw`SHOW TimeZone`).toEqual([{ TimeZone: 'UTC' }]);
    expect(await other.queueDatabase.executeSql('SHOW TimeZone')).toMatchObject({ rows: [{ TimeZone: 'UTC' }] });
  });

  test('connections that the server ends, idle, busy or in a transaction, end no process', async () => {
    await using db = await createTestDatabase();
    await using child = startProcess({ dataDir: '', url: db.url });
    await child.told(/^open$/);
    await killOthers(db.sql);
    await child.told(/^gap$/);
    const { prisma } = db.database;
    await Promise.all([1, 2, 3].map(() => prisma.$queryRaw`SELECT 1`));
    const busy = db.database.queueDatabase.executeSql('SELECT pg_sleep(20)').catch(sqlStateOf);
    const open = prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1`;
      await killOthers(db.sql);
      await tx.$queryRaw`SELECT 1`;
    });
    await expect(open).rejects.toThrow();
    expect(await busy).toBe(SqlState.adminShutdown);
    expect(await db.database.ping(1_000)).toBe(true);
    child.process.send('close');
    expect(await child.exited).toBe(0);
  });

  test('what was notified while the connection was lost is announced as a gap', async () => {
    await using db = await createTestDatabase();
    const [onNotification, onGap] = [vi.fn(), vi.fn()];
    await using _listening = await db.database.listen('showrunner_batches', onNotification, onGap);
    await killOthers(db.sql);
    await vi.waitFor(() => expect(onGap).toHaveBeenCalledOnce());
    await db.sql(`NOTIFY showrunner_batches, 'after'`);
    await vi.waitFor(() => expect(onNotification).toHaveBeenCalledWith('after'));
  });

  test('a ping says in time that every connection is taken, and yes once one is free', async () => {
    await using db = await createTestDatabase();
    await using other = await openPostgres({ url: db.url ?? '', poolSize: 1 });
    await other.prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1`;
      expect(await other.ping(50)).toBe(false);
    });
    expect(await other.ping(1_000)).toBe(true);
  });

  test('a server that takes no writes answers no ping', async () => {
    await using db = await createTestDatabase();
    await db.sql(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$`,
    );
    // The setting is for connections that are made from now on.
    await using other = new PostgresDatabase(parseServerAddress(db.url ?? ''), {});
    expect(await other.ping(1_000)).toBe(false);
    expect(await db.database.ping(1_000)).toBe(true);
  });

  test('a connection says what it is for, and that it waits for nobody who is silent in a transaction', async () => {
    await using db = await createTestDatabase();
    await using other = await db.openAnother();
    await using _listening = await other.listen('showrunner_batches', vi.fn(), vi.fn());
    const limit = [{ idle_in_transaction_session_timeout: '10s' }];
    expect(await other.prisma.$queryRaw`SHOW idle_in_transaction_session_timeout`).toEqual(limit);
    expect(await other.operations.prisma.$queryRaw`SHOW idle_in_transaction_session_timeout`).toEqual(limit);
    const rows = await db.sql(
      `SELECT DISTINCT application_name AS name FROM pg_stat_activity
       WHERE datname = current_database() AND application_name LIKE 'showrunner%' ORDER BY 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual(['showrunner listen', 'showrunner operations', 'showrunner work']);
  });

  test('a statement of an operation is given up in time, and no other', async () => {
    await using db = await createTestDatabase();
    await using other = await openPostgres({ url: db.url ?? '', operationTimeoutMs: 100 });
    const error = await other.operations.prisma.$queryRaw`SELECT pg_sleep(20)::text`.catch((reason: unknown) => reason);
    expect(sqlStateOf(error)).toBe(SqlState.queryCanceled);
    expect(isTimedOut(error)).toBe(true);
    const inTransaction = other.operations.prisma.$transaction((tx) => tx.$queryRaw`SELECT pg_sleep(20)::text`);
    expect(isTimedOut(await inTransaction.catch((reason: unknown) => reason))).toBe(true);
    expect(
      await db.sql(
        `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(20)%' AND state = 'active' AND pid <> pg_backend_pid()`,
      ),
    ).toEqual([]);
    const unlimited = [{ statement_timeout: '0' }];
    expect(await other.prisma.$queryRaw`SHOW statement_timeout`).toEqual(unlimited);
    expect(await other.queueDatabase.executeSql('SHOW statement_timeout')).toMatchObject({ rows: unlimited });
    // Whoever opens it without a limit has none.
    expect(await db.database.operations.prisma.$queryRaw`SHOW statement_timeout`).toEqual(unlimited);
  });

  test('what operations hold keeps nobody else waiting', async () => {
    await using db = await createTestDatabase();
    await using other = await openPostgres({ url: db.url ?? '', poolSize: 1 });
    await other.operations.prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1`;
      expect(await other.ping(1_000)).toBe(true);
      expect(await other.prisma.batch.count()).toBe(0);
    });
  });

  test('closing waits for queries under way', async () => {
    await using db = await createTestDatabase();
    const other = await db.openAnother();
    const query = other.prisma.$queryRaw`SELECT pg_sleep(0.2)::text, 1 AS one`;
    const result = query.then((rows) => rows);
    await vi.waitFor(async () =>
      expect(
        await db.sql(
          `SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(0.2)%' AND pid <> pg_backend_pid()`,
        ),
      ).toHaveLength(1),
    );
    await other[Symbol.asyncDispose]();
    expect(await result).toMatchObject([{ one: 1 }]);
  });
}

test('a ping over a connection that has gone silent says no, and the next one goes over another', async () => {
  await using server = await FakePostgres.start();
  const database = openFake(server);
  expect(await database.ping(1_000)).toBe(true);
  server.freeze();
  expect(await database.ping(50)).toBe(false);
  server.thaw();
  expect(await database.ping(1_000)).toBe(true);
  await database[Symbol.asyncDispose]();
});

test('closing does not wait for a server that has gone silent', { timeout: 15_000 }, async () => {
  await using server = await FakePostgres.start();
  const database = openFake(server);
  server.freeze();
  const query = database.queueDatabase.executeSql('SELECT 1').catch(String);
  await database[Symbol.asyncDispose]();
  expect(await query).toContain('the connection was cut');
});

/** A database on a server that takes every migration for granted. */
function openFake(server: FakePostgres): PostgresDatabase {
  return new PostgresDatabase(parseServerAddress(server.url), { poolSize: 2 });
}
