import { expect, test } from 'vitest';
import { startTestServer } from '../helpers/server.ts';
import { CREATE, PAUSE, WATCH } from './documents.ts';
import { inputOf, makeBatch } from './scene.ts';

test('what was not expected is masked, and logged with the id of the request', async () => {
  await using server = await startTestServer({
    queue: () => ({
      async enqueue() {
        throw new Error('the secret of the queue');
      },
      async enqueueStarted() {},
      async withdraw() {},
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

test('mistakes in the operation itself are told as they are', async () => {
  await using server = await startTestServer();
  const syntax = await server.queryText('{ batches(');
  expect(syntax.errors?.[0]?.message).toMatch(/^Syntax Error/);
  const field = await server.queryText('{ nothing }');
  expect(field.errors?.[0]?.message).toBe('Cannot query field "nothing" on type "Query".');
  const time = await server.queryText(
    'mutation { createBatch(input: { name: "n", projects: [], youtubeSettings: { publishAt: "tomorrow" } }) { __typename } }',
  );
  expect(time.errors?.[0]?.message).toContain('DateTime must be an ISO 8601 instant');
  expect(server.log.filter(({ level }) => level === 50)).toEqual([]);
});

test('a stream that breaks ends with one masked error', async () => {
  await using server = await startTestServer();
  const { id } = await makeBatch(server, inputOf(1));
  await server.testDatabase.sql('ALTER TABLE batches RENAME COLUMN name TO title');
  const stream = server.subscribe(WATCH, { id });
  const { value } = await stream.next();
  expect(value.errors).toMatchObject([
    { message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
  ]);
  expect(await stream.next()).toMatchObject({ done: true });
});

test('errors as data reach callers over WebSocket in the language of the connection', async () => {
  await using server = await startTestServer();
  const stream = server.subscribe(PAUSE, { id: 'batch_1' }, { 'accept-language': 'zh-HK,zh;q=0.9' });
  const { value } = await stream.next();
  expect(value.data?.pauseBatch).toMatchObject({ code: 'BATCH_NOT_FOUND', message: '批次任務不存在' });
});
