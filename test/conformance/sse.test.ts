import { once } from 'node:events';
import { connect as openTcp } from 'node:net';
import { createClient } from 'graphql-sse';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WATCH } from '../graphql/documents.ts';
import { inputOf, type MadeBatch, makeBatch, updateProject } from '../graphql/scene.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { eventsOf, linesOf, type StreamEvent } from './event-stream.ts';

// Distinct connections, after PROTOCOL.md of graphql-sse.

const SSE = { accept: 'text/event-stream' };
const JSON_TYPE = { 'content-type': 'application/json' };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const client = () => createClient({ url: `${server.url}/graphql`, retryAttempts: 0 });
const watch = (batch: MadeBatch) =>
  `subscription { batchProgress(batchId: "${batch.id}") { cursor batch { status } } }`;
const nobodyWatches = () => expect.poll(() => server.feed.subscribers).toBe(0);
const change = (batch: MadeBatch, status: string) => updateProject(server, String(batch.projects[0]?.uuid), { status });

/** Opens an event stream without any library on it. */
function open(query: string, headers: Record<string, string> = SSE, signal?: AbortSignal): Promise<Response> {
  return fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { ...JSON_TYPE, ...headers },
    body: JSON.stringify({ query }),
    ...(signal && { signal }),
  });
}

async function allEvents(response: Response): Promise<StreamEvent[]> {
  return Array.fromAsync(eventsOf(response));
}

const COMPLETE: StreamEvent = { event: 'complete', data: '' };

describe('on the wire', () => {
  test('a subscription is one next event per result, and complete at its end', async () => {
    const batch = await makeBatch(server, inputOf(1));
    const response = await open(watch(batch));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream(;|$)/);
    expect(response.headers.get('cache-control')).toContain('no-cache');
    const events = eventsOf(response);
    const status = async () => {
      const { value } = await events.next();
      expect(value).toMatchObject({ event: 'next' });
      return JSON.parse(String(value?.data)).data.batchProgress.batch.status;
    };
    expect(await status()).toBe('QUEUED');
    await change(batch, 'RENDERING');
    expect(await status()).toBe('RUNNING');
    await change(batch, 'COMPLETED');
    expect(await status()).toBe('COMPLETED');
    // With its empty data, without which EventSource would not tell of it.
    expect(await events.next()).toEqual({ done: false, value: COMPLETE });
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test.each([
    ['a query', '{ __typename }', { data: { __typename: 'Query' } }],
    ['a mutation', 'mutation { __typename }', { data: { __typename: 'Mutation' } }],
  ])('%s is one next event and complete', async (_what, query, result) => {
    const [next, ...rest] = await allEvents(await open(query));
    expect(next?.event).toBe('next');
    expect(JSON.parse(String(next?.data))).toEqual(result);
    expect(rest).toEqual([COMPLETE]);
  });

  test('an address is enough, as EventSource has nothing else', async () => {
    const address = new URLSearchParams({ query: '{ __typename }' });
    const response = await fetch(`${server.url}/graphql?${address}`, { headers: SSE });
    expect(await allEvents(response)).toEqual([{ event: 'next', data: '{"data":{"__typename":"Query"}}' }, COMPLETE]);
    const mutation = new URLSearchParams({ query: 'mutation { __typename }' });
    expect((await fetch(`${server.url}/graphql?${mutation}`, { headers: SSE })).status).toBe(405);
  });

  test('a text with line ends and rare characters stays one event', async () => {
    const name = 'One\u2028two\u2029three \u{1F3AC} \u0085four';
    const batch = await makeBatch(server, inputOf(1, { name }));
    const [next] = await allEvents(await open(`{ batch(id: "${batch.id}") { name } }`));
    expect(JSON.parse(String(next?.data))).toEqual({ data: { batch: { name } } });
  });

  test('comments keep a quiet stream alive', async () => {
    const abort = new AbortController();
    const response = await open('subscription { batchUpdated { id } }', SSE, abort.signal);
    const lines = linesOf(response);
    const comments: string[] = [];
    while (comments.length < 3) {
      const { value } = await lines.next();
      if (value !== '') {
        comments.push(String(value));
      }
    }
    expect(comments).toEqual([':', ':', ':']);
    abort.abort();
    await nobodyWatches();
  });
});

describe('what is wrong with an operation', () => {
  test.each([
    ['syntax', '{', 'GRAPHQL_PARSE_FAILED'],
    ['validation', 'subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['no operation to be told', 'query A { __typename } query B { __typename }', 'OPERATION_RESOLUTION_FAILURE'],
    ['variables', 'query One($id: ID!) { batch(id: $id) { id } }', 'BAD_REQUEST'],
    ['execution', 'subscription { batchProgress(batchId: "batch_1") { cursor } }', 'BATCH_NOT_FOUND'],
  ])('%s: is told in an event of a stream that is open, and the stream is complete', async (_what, query, code) => {
    const response = await open(query);
    expect(response.status).toBe(200);
    const [next, ...rest] = await allEvents(response);
    expect(next?.event).toBe('next');
    expect(JSON.parse(String(next?.data))).toMatchObject({
      errors: [{ message: expect.any(String), extensions: { code } }],
    });
    expect(rest).toEqual([COMPLETE]);
    const results = await Array.fromAsync(client().iterate({ query }));
    expect(results).toMatchObject([{ errors: [{ extensions: { code } }] }]);
  });

  test.each([
    [405, 'a mutation by GET', () => fetch(`${server.url}/graphql?query=mutation{__typename}`, { headers: SSE })],
    [405, 'a method that is none of this mode', () => fetch(`${server.url}/graphql`, { method: 'PUT', headers: SSE })],
    [
      400,
      'no JSON',
      () => fetch(`${server.url}/graphql`, { method: 'POST', headers: { ...SSE, ...JSON_TYPE }, body: '{' }),
    ],
    [415, 'no type', () => fetch(`${server.url}/graphql`, { method: 'POST', headers: SSE, body: '{}' })],
  ])('%d: a request that is not well formed is refused as over HTTP: %s', async (status, _what, ask) => {
    const response = await ask();
    expect(response.status).toBe(status);
    expect(await response.text()).toContain('"errors"');
  });

  test('a stream that is not asked for is not opened', async () => {
    for (const accept of ['application/json', 'text/plain', 'text/event-stream;q=0, application/json']) {
      const response = await open('subscription { batchUpdated { id } }', { accept });
      expect([response.status, await response.json()]).toMatchObject([
        406,
        { errors: [{ extensions: { code: 'NOT_ACCEPTABLE' } }] },
      ]);
    }
    expect(server.feed.subscribers).toBe(0);
  });

  test.each(['*/*', 'text/*', 'application/json, text/event-stream', 'TEXT/Event-Stream; charset=utf-8'])(
    'Accept: %s takes a stream',
    async (accept) => {
      const abort = new AbortController();
      const response = await open('subscription { batchUpdated { id } }', { accept }, abort.signal);
      expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
      abort.abort();
      await nobodyWatches();
    },
  );
});

describe('a client that leaves', () => {
  test('by its library is forgotten, while others go on', async () => {
    const batch = await makeBatch(server, inputOf(1));
    const leaving = client().iterate({ query: watch(batch) });
    const staying = client().iterate({ query: watch(batch) });
    await Promise.all([leaving.next(), staying.next()]);
    expect(server.feed.subscribers).toBe(2);
    await leaving.return?.();
    await expect.poll(() => server.feed.subscribers).toBe(1);
    await change(batch, 'COMPLETED');
    expect((await staying.next()).value).toMatchObject({ data: { batchProgress: { batch: { status: 'COMPLETED' } } } });
    expect(await staying.next()).toMatchObject({ done: true });
    await nobodyWatches();
  });

  test('without a word, or before it has heard anything, is forgotten', async () => {
    const batch = await makeBatch(server, inputOf(1));
    const body = JSON.stringify({ query: watch(batch) });
    const head = [
      'POST /graphql HTTP/1.1',
      'Host: 127.0.0.1',
      'Accept: text/event-stream',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ];
    for (let round = 0; round < 20; round++) {
      const socket = openTcp(server.http.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
      if (round % 2 === 0) {
        await once(socket, 'data');
      } else {
        await once(socket, 'connect');
      }
      socket.resetAndDestroy();
    }
    await expect.poll(() => server.log.filter(({ aborted }) => aborted === true).length).toBeGreaterThanOrEqual(10);
    await nobodyWatches();
    expect(server.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });

  test('and comes back with its cursor hears what it missed, and nothing twice', async () => {
    const batch = await makeBatch(server, inputOf(1));
    const before = server.subscribeSse(WATCH, { id: batch.id });
    const { value: first } = await before.next();
    await before.return?.();
    await change(batch, 'RENDERING');
    await change(batch, 'COMPLETED');
    const after = server.subscribeSse(WATCH, { id: batch.id, after: first?.data?.batchProgress.cursor });
    const { value: second } = await after.next();
    expect(second?.data?.batchProgress).toMatchObject({
      reset: false,
      changes: [
        { from: 'INITIALIZED', to: 'RENDERING' },
        { from: 'RENDERING', to: 'COMPLETED' },
      ],
    });
    expect(await after.next()).toMatchObject({ done: true });
    const again = server.subscribeSse(WATCH, { id: batch.id, after: second?.data?.batchProgress.cursor });
    expect((await again.next()).value).toMatchObject({ data: { batchProgress: { changes: [], reset: false } } });
    expect(await again.next()).toMatchObject({ done: true });
  });
});
