import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { openPostgres } from '../../src/database/postgres.ts';
import { SqlState } from '../../src/database/sqlstate.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import type { Prisma } from '../../src/generated/prisma/client.ts';
import { TimedOut, TimeLimit } from '../../src/graphql/time-limit.ts';
import { transactionsInTime } from '../../src/graphql/transactions-in-time.ts';
import { createTestDatabase, type TestDatabase, testBackend } from '../helpers/database.ts';
import { idleQueue, startTestServer, type TestServer } from '../helpers/server.ts';
import { CREATE, PAUSE, WATCH } from './documents.ts';
import { inputOf, type MadeBatch, makeBatch, updateProject } from './scene.ts';

/** Enough for every operation that nothing holds up, on a busy machine too. */
const LIMIT_MS = 3_000;
const POOL_SIZE = 2;

let testDatabase: TestDatabase;
let operations: Database['operations'];
let server: TestServer;
/** What the queue does inside of a transaction. */
let enqueue = idleQueue.enqueue;
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  testDatabase = stack.use(await createTestDatabase());
  const database =
    testDatabase.url === undefined
      ? testDatabase.database
      : stack.use(await openPostgres({ url: testDatabase.url, poolSize: POOL_SIZE, operationTimeoutMs: LIMIT_MS }));
  operations = database.operations;
  server = stack.use(
    await startTestServer({
      testDatabase,
      services: { database: operations },
      limits: { operationTimeoutMs: LIMIT_MS },
      queue: () => ({ ...idleQueue, enqueue: (...args) => enqueue(...args) }),
    }),
  );
});
afterAll(() => stack.disposeAsync());
afterEach(() => {
  enqueue = idleQueue.enqueue;
});

/** Keeps everybody else from a table until it is disposed of; on PGlite, from its only session. */
async function hold(table: 'batches' | 'projects'): Promise<AsyncDisposable> {
  const database = await testDatabase.openAnother();
  const [held, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const holding = database.prisma.$transaction(
    async (tx) => {
      await tx.$executeRawUnsafe(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      held.resolve();
      await letGo.promise;
    },
    { timeout: 60_000 },
  );
  await Promise.race([held.promise, holding]);
  return {
    async [Symbol.asyncDispose]() {
      letGo.resolve();
      await holding;
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Takes every connection that there is for operations; the feed has others. */
async function holdOperations(): Promise<AsyncDisposable> {
  const letGo = Promise.withResolvers<void>();
  const begun = Array.from({ length: POOL_SIZE }, () => Promise.withResolvers<void>());
  const holding = begun.map(({ resolve }) =>
    operations.prisma.$transaction(
      async (tx) => {
        await tx.$queryRaw`SELECT 1`;
        resolve();
        await letGo.promise;
      },
      { timeout: 60_000 },
    ),
  );
  await Promise.all(begun.map(({ promise }) => promise));
  return {
    async [Symbol.asyncDispose]() {
      letGo.resolve();
      await Promise.all(holding);
    },
  };
}

const LIST = '{ batches { nodes { id } } }';
const TIMED_OUT = {
  message: 'This took longer than 3 s. Ask for less, or try again.',
  extensions: { code: 'OPERATION_TIMEOUT', retryable: true, requestId: expect.any(String) },
};

async function pausedAt({ uuid }: MadeBatch): Promise<unknown> {
  const [row] = await testDatabase.sql('SELECT paused_at FROM batches WHERE id = $1', [uuid]);
  return row?.['paused_at'];
}

test('a query that takes too long says so over HTTP, and so it does over WebSocket', async () => {
  await using _held = await hold('batches');
  const overSocket = Array.fromAsync(server.connect().iterate({ query: LIST }));
  const answer = await server.queryText(LIST, { 'x-request-id': 'late-1' });
  expect(answer.response.status).toBe(200);
  expect(answer.data).toBeNull();
  expect(answer.errors).toEqual([{ ...TIMED_OUT, extensions: { ...TIMED_OUT.extensions, requestId: 'late-1' } }]);
  expect(await overSocket).toEqual([{ data: null, errors: [TIMED_OUT] }]);
  await server.logged(({ msg, requestId }) => msg === 'an operation took too long' && requestId === 'late-1');
});

test('a mutation whose time was over before it could begin has changed nothing', async () => {
  const batch = await makeBatch(server, inputOf(1));
  const held = await hold('batches');
  const paused = server.query(PAUSE, { id: batch.id });
  // Begun later, so that the time of both is over.
  expect((await server.queryText(LIST)).errors).toEqual([TIMED_OUT]);
  await held[Symbol.asyncDispose]();
  const { response, data, errors } = await paused;
  expect(response.status).toBe(200);
  expect(data).toBeNull();
  expect(errors).toEqual([{ ...TIMED_OUT, path: ['pauseBatch'], locations: expect.anything() }]);
  expect(await pausedAt(batch)).toBeNull();
});

test('a mutation whose time is over before it commits has changed nothing', async () => {
  // The clock of the operation began before this one.
  enqueue = async () => {
    using time = new TimeLimit(LIMIT_MS);
    await once(time.signal, 'abort');
  };
  const { errors } = await server.query(CREATE, { input: inputOf(1, { name: 'Too late' }) });
  expect(errors).toEqual([{ ...TIMED_OUT, path: ['createBatch'], locations: expect.anything() }]);
  expect(await testDatabase.sql(`SELECT 1 FROM batches WHERE name = 'Too late'`)).toEqual([]);
});

test('of two mutations in one operation each says by itself what became of it', async () => {
  const batch = await makeBatch(server, inputOf(1));
  enqueue = async () => {
    using time = new TimeLimit(LIMIT_MS);
    await once(time.signal, 'abort');
  };
  const { errors } = await server.queryText(
    `mutation Two($id: ID!, $input: CreateBatchInput!) {
      pause: pauseBatch(input: { batchId: $id }) { __typename }
      create: createBatch(input: $input) { __typename }
    }`,
    {},
    { id: batch.id, input: inputOf(1, { name: 'Second' }) },
  );
  expect(errors).toEqual([{ ...TIMED_OUT, path: ['create'], locations: expect.anything() }]);
  expect(await pausedAt(batch)).not.toBeNull();
  expect(await testDatabase.sql(`SELECT 1 FROM batches WHERE name = 'Second'`)).toEqual([]);
});

test('a transaction neither begins nor is tried again once its time is over', async () => {
  const { database } = testDatabase;
  const over = new AbortController();
  const body = vi.fn(async (tx: Prisma.TransactionClient) => {
    over.abort(new TimedOut(1));
    await tx.$executeRawUnsafe(
      `DO $$ BEGIN RAISE EXCEPTION 'as told' USING ERRCODE = '${SqlState.deadlockDetected}'; END $$`,
    );
  });
  const inTime = transactionsInTime(database, over.signal);
  await expect(inTransaction(inTime.prisma, body)).rejects.toBeInstanceOf(TimedOut);
  await expect(inTransaction(inTime.prisma, body)).rejects.toBeInstanceOf(TimedOut);
  await expect(inTime.transaction(async () => 'done')).rejects.toBeInstanceOf(TimedOut);
  expect(body).toHaveBeenCalledOnce();
  expect(await inTime.prisma.batch.count()).toBe(await database.prisma.batch.count());
});

test.each(['subscribe', 'subscribeSse'] as const)(
  'a subscription whose first event takes too long ends with that, over %s',
  async (over) => {
    const batch = await makeBatch(server, inputOf(1));
    await using _held = await hold('batches');
    const stream = server[over](WATCH, { id: batch.id });
    expect(await stream.next()).toMatchObject({
      done: false,
      value: { errors: [TIMED_OUT] },
    });
    expect(await stream.next()).toMatchObject({ done: true });
    expect(server.feed.subscribers).toBe(0);
  },
);

if (testBackend === 'postgres') {
  /** The statements that wait for a lock. */
  const waiting = () =>
    testDatabase.sql(
      `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );

  test('the database gives up what it does for an operation, while what held it up goes on', async () => {
    const batch = await makeBatch(server, inputOf(1));
    await using _held = await hold('batches');
    const query = server.queryText(LIST);
    const mutation = server.query(PAUSE, { id: batch.id });
    await vi.waitFor(async () => expect(await waiting()).toHaveLength(2));
    expect((await query).errors).toEqual([TIMED_OUT]);
    expect((await mutation).errors).toEqual([{ ...TIMED_OUT, path: ['pauseBatch'], locations: expect.anything() }]);
    await vi.waitFor(async () => expect(await waiting()).toEqual([]));
  });

  test('a mutation that is done and can not read its result does not say that it was too late', async () => {
    const batch = await makeBatch(server, inputOf(1));
    await server.query(PAUSE, { id: batch.id });
    await using _held = await hold('projects');
    // Once more changes nothing, and touches no project.
    const { errors } = await server.queryText(
      `mutation { pauseBatch(input: { batchId: "${batch.id}" }) {
        ... on PauseBatchSuccess { batch { projects { nodes { id } } } }
      } }`,
    );
    expect(errors).toMatchObject([
      { path: ['pauseBatch', 'batch', 'projects'], extensions: { code: 'RESULT_TIMEOUT' } },
    ]);
  });

  test('an event that takes too long to be read says so, and the next one comes', async () => {
    const batch = await makeBatch(server, inputOf(1));
    const stream = server.connect().iterate({
      query: `subscription { batchProgress(batchId: "${batch.id}") {
        batch { status, projects { nodes { status } } }
      } }`,
    });
    expect(await stream.next()).toMatchObject({ value: { data: { batchProgress: { batch: { status: 'QUEUED' } } } } });
    {
      await using _held = await holdOperations();
      await testDatabase.sql('UPDATE batches SET paused_at = now() WHERE id = $1', [batch.uuid]);
      expect(await stream.next()).toMatchObject({ value: { data: null, errors: [TIMED_OUT] } });
    }
    await updateProject(server, String(batch.projects[0]?.uuid), { status: 'COMPLETED' });
    expect(await stream.next()).toMatchObject({
      value: {
        data: { batchProgress: { batch: { status: 'COMPLETED', projects: { nodes: [{ status: 'COMPLETED' }] } } } },
      },
    });
  });
}
