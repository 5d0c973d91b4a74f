import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Feed } from '../../src/feed/feed.ts';
import type { Services } from '../../src/graphql/index.ts';
import { createTestDatabase } from '../helpers/database.ts';
import { idleQueue, LIMITS, startTestServer, type TestServer } from '../helpers/server.ts';
import { CREATE, PAUSE, WATCH } from './documents.ts';
import { inputOf, makeBatch } from './scene.ts';

let shared: TestServer;
beforeAll(async () => {
  shared = await startTestServer();
});
afterAll(() => shared[Symbol.asyncDispose]());

test('what was not expected is masked, and logged with the id of the request', async () => {
  await using server = await startTestServer({
    queue: () => ({
      async enqueue() {
        throw new Error('the secret of the queue');
      },
      async enqueueStarted() {},
      async withdraw() {},
      withdrawSql: () => 'SELECT 1',
    }),
  });
  const { data, errors, response } = await server.query(CREATE, { input: inputOf(1) }, { 'x-request-id': 'masked-1' });
  expect(data ?? null).toBeNull();
  expect(errors).toEqual([
    {
      message: 'Unexpected error.',
      locations: expect.anything(),
      path: ['createBatch'],
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'masked-1' },
    },
  ]);
  expect(response.headers.get('x-request-id')).toBe('masked-1');
  const line = await server.logged(({ level, requestId }) => level === 50 && requestId === 'masked-1');
  expect(line).toMatchObject({ err: { message: 'the secret of the queue' } });
  const [{ count } = {}] = await server.testDatabase.sql('SELECT count(*)::int AS count FROM batches');
  expect(count).toBe(0);
});

test('a database that is away is no fault of the caller, who may try again', async () => {
  await using server = await startTestServer({
    queue: () => ({
      async enqueue() {
        throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.1'), { code: 'ECONNREFUSED' });
      },
      async enqueueStarted() {},
      async withdraw() {},
      withdrawSql: () => 'SELECT 1',
    }),
  });
  const { errors } = await server.query(CREATE, { input: inputOf(1) });
  expect(errors).toMatchObject([
    {
      message: 'The service is unavailable for the moment. Try again.',
      extensions: { code: 'SERVICE_UNAVAILABLE', retryable: true },
    },
  ]);
});

test.each([
  ['{ batches(', {}, 'GRAPHQL_PARSE_FAILED', /^Syntax Error/],
  ['{ nothing }', {}, 'GRAPHQL_VALIDATION_FAILED', /^Cannot query field "nothing" on type "Query"/],
  ['query A { __typename } query B { __typename }', {}, 'OPERATION_RESOLUTION_FAILURE', /what operation/],
  ['query ($first: Int) { batches(first: $first) { totalCount } }', { first: 2 ** 40 }, 'BAD_REQUEST', /32-bit/],
  ['query ($id: ID!) { batch(id: $id) { id } }', {}, 'BAD_REQUEST', /"\$id"/],
  [
    'mutation ($model: String) { createBatch(input: { name: "", projects: [], geminiModel: $model }) { __typename } }',
    { model: null },
    'BAD_REQUEST',
    /"\$model"/,
  ],
  [
    'mutation ($input: CreateBatchInput!) { createBatch(input: $input) { __typename } }',
    { input: { name: '', projects: [], youtubeSettings: { publishAt: 'tomorrow' } } },
    'BAD_REQUEST',
    /DateTime must be an ISO 8601 instant/,
  ],
])('a mistake in the operation itself is told as it is: %s', async (query, variables, code, message) => {
  const { errors } = await shared.queryText(query, {}, variables);
  expect(errors).toMatchObject([{ message: expect.stringMatching(message), extensions: { code } }]);
  expect(shared.log.filter(({ level }) => level === 50)).toEqual([]);
});

test('what breaks before an operation runs is masked, too, over HTTP and WebSocket', async () => {
  await using testDatabase = await createTestDatabase();
  const services: Services = {
    database: testDatabase.database,
    queue: idleQueue,
    limits: LIMITS,
    isUnavailable: () => false,
    isTimedOut: () => false,
    signFileUrl: (url) => url,
    get feed(): Feed {
      throw new Error('the secret of the feed');
    },
  };
  await using server = await startTestServer({ testDatabase, http: { services } });
  const { errors } = await server.queryText('{ __typename }', { 'x-request-id': 'early-1' });
  expect(errors).toEqual([
    { message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'early-1' } },
  ]);
  await server.logged(({ err, requestId }) => err !== undefined && requestId === 'early-1');
  const socket = server.connect({ headers: { 'x-request-id': 'early-2' } });
  await expect(socket.iterate({ query: '{ __typename }' }).next()).rejects.toEqual([
    { message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'early-2' } },
  ]);
});

test('a stream that breaks ends with one masked error', async () => {
  await using server = await startTestServer();
  const { id } = await makeBatch(server, inputOf(1));
  await server.testDatabase.sql('ALTER TABLE batches RENAME COLUMN name TO title');
  const stream = server.subscribe(WATCH, { id });
  const { value } = await stream.next();
  expect(value.errors).toMatchObject([{ message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  expect(await stream.next()).toMatchObject({ done: true });
});

test('errors as data reach callers over WebSocket in the language of the connection', async () => {
  await using server = await startTestServer();
  const stream = server.subscribe(PAUSE, { id: 'batch_1' }, { 'accept-language': 'zh-HK,zh;q=0.9' });
  const { value } = await stream.next();
  expect(value.data?.pauseBatch).toMatchObject({ code: 'BATCH_NOT_FOUND', message: '批次任務不存在' });
});
