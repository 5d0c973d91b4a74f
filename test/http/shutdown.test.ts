import { once } from 'node:events';
import { createClient as createSseClient } from 'graphql-sse';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { inputOf, makeBatch } from '../graphql/scene.ts';
import { idleQueue, startTestServer, type TestServer } from '../helpers/server.ts';

const subscriptionOf = (id: string) => `subscription { batchProgress(batchId: "${id}") { batch { status } } }`;

/** Reads what an SSE response has sent so far, until its first event is whole. */
async function firstEvent(response: Response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('data: ')) {
    text += (await reader?.read())?.value ?? '';
  }
  return { text, reader };
}

function postSubscription(server: TestServer, id: string): Promise<Response> {
  return fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: subscriptionOf(id) }),
  });
}

test('streams are cut so that their clients connect again', async () => {
  await using server = await startTestServer();
  const { id } = await makeBatch(server, inputOf(1));

  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: subscriptionOf(id) } }));
  await once(socket, 'message');
  const closed = once(socket, 'close');
  const messages: string[] = [];
  socket.on('message', (message) => messages.push(String(message)));

  const { text, reader } = await firstEvent(await postSubscription(server, id));
  expect(text).toContain('event: next');

  await server.http[Symbol.asyncDispose]();
  const [code] = await closed;
  expect(code).toBe(1001);
  expect(messages).toEqual([]);
  await expect(reader?.read()).rejects.toThrow();
  await expect(fetch(`${server.url}/health/live`)).rejects.toThrow();
  expect(server.feed.subscribers).toBe(0);
});

test('clients of both kinds that connect again go on watching on the next server', async () => {
  await using first = await startTestServer();
  const { port } = first.http;
  const { id } = await makeBatch(first, inputOf(1));
  const { promise: restarted, resolve: restart } = Promise.withResolvers<void>();
  const overSocket = first.connect({ retryAttempts: 1, retryWait: () => restarted });
  const overSse = createSseClient({ url: `${first.url}/graphql`, retryAttempts: 1, retry: () => restarted });
  const streams = [overSocket.iterate({ query: subscriptionOf(id) }), overSse.iterate({ query: subscriptionOf(id) })];
  await Promise.all(streams.map((stream) => stream.next()));
  const events = streams.map((stream) => stream.next());
  await first.http[Symbol.asyncDispose]();
  await using _second = await startTestServer({ testDatabase: first.testDatabase, http: { port } });
  restart();
  for (const event of events) {
    expect((await event).value).toMatchObject({ data: { batchProgress: { batch: { status: 'QUEUED' } } } });
  }
  await Promise.all(streams.map((stream) => stream.return?.()));
});

test('a request that is under way is answered', async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { promise: arrival, resolve: arrived } = Promise.withResolvers<void>();
  await using server = await startTestServer({
    queue: () => ({
      ...idleQueue,
      async enqueue() {
        arrived();
        await held;
      },
    }),
  });
  const made = makeBatch(server, inputOf(1));
  await arrival;
  const stopped = server.http[Symbol.asyncDispose]();
  release();
  expect((await made).projects).toHaveLength(1);
  await stopped;
});

test('a request that takes too long is cut', async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { promise: arrival, resolve: arrived } = Promise.withResolvers<void>();
  await using server = await startTestServer({
    queue: () => ({
      ...idleQueue,
      async enqueue() {
        arrived();
        await held;
      },
    }),
    http: { graceMs: 50 },
  });
  const made = expect(makeBatch(server, inputOf(1))).rejects.toThrow('fetch failed');
  await arrival;
  const stopped = server.http[Symbol.asyncDispose]();
  await made;
  release();
  await stopped;
});

test('a client that does not answer the goodbye does not keep the server', async () => {
  await using server = await startTestServer();
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.pause();
  await server.http[Symbol.asyncDispose]();
  socket.terminate();
});

test('stopping twice is stopping once', async () => {
  await using server = await startTestServer();
  await Promise.all([server.http[Symbol.asyncDispose](), server.http[Symbol.asyncDispose]()]);
});
