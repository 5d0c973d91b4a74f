import { once } from 'node:events';
import { request as httpRequest, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { CLIENT_LIMITS, type ClientLimits } from '../../src/http/admission.ts';
import { parseTrustedProxies } from '../../src/http/client-address.ts';
import { complete, openConnection, openRawSocket, type RawSocket, subscribe } from '../conformance/raw-socket.ts';
import { WATCH, WATCH_ALL } from '../graphql/documents.ts';
import { inputOf, makeBatch } from '../graphql/scene.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase[Symbol.asyncDispose]());

/** A server behind a proxy on this machine, which tells where its clients are. */
function startLimited(limits: Partial<ClientLimits>, maxBodyBytes?: number): Promise<TestServer> {
  return startTestServer({
    testDatabase,
    ...(maxBodyBytes === undefined ? {} : { limits: { maxBodyBytes } }),
    http: {
      clientLimits: { ...CLIENT_LIMITS, requestsPerMinute: 0, ...limits },
      isTrustedProxy: parseTrustedProxies(['loopback']),
    },
  });
}

const from = (address: string) => ({ 'x-forwarded-for': address });
const WATCH_EVERYTHING = 'subscription { batchUpdated { id } }';

/** What came over HTTP, by the event that tells of it. */
async function answerOf(event: Promise<unknown[]>) {
  const response = (await event).at(-1);
  if (!(response instanceof IncomingMessage)) {
    throw new Error('no response');
  }
  return { status: response.statusCode, headers: response.headers, body: JSON.parse(await text(response)) };
}

/** What an operation gets on a raw socket: its next message. */
function answerTo(socket: RawSocket, id: string) {
  return socket.next((message) => message.id === id);
}

/** The code of the only error of an operation that is refused. */
function refusal(id: string, code: string, rest: Record<string, unknown> = {}) {
  return { type: 'error', id, payload: [{ message: expect.any(String), extensions: { code, ...rest } }] };
}

describe('operations of one WebSocket', () => {
  test('one too many is refused, and the others go on', async () => {
    await using server = await startLimited({ maxOperationsPerSocket: 2 });
    await using socket = await openConnection(server.url);
    socket.send(subscribe('a', WATCH_EVERYTHING), subscribe('b', WATCH_EVERYTHING), subscribe('c', '{ __typename }'));
    expect(await answerTo(socket, 'c')).toEqual(refusal('c', 'OPERATION_LIMIT_EXCEEDED'));
    await makeBatch(server, inputOf(1));
    expect(await answerTo(socket, 'a')).toMatchObject({ type: 'next', payload: { data: expect.anything() } });
    socket.send(complete('a'));
    await socket.settled();
    socket.send(subscribe('c', '{ __typename }'));
    expect(await answerTo(socket, 'c')).toMatchObject({ type: 'next', payload: { data: { __typename: 'Query' } } });
    // Another connection has operations of its own.
    await using other = await openConnection(server.url);
    other.send(subscribe('a', '{ __typename }'));
    expect(await answerTo(other, 'a')).toMatchObject({ type: 'next' });
  });

  test('one that the client has ended counts for as long as it runs', async () => {
    await using server = await startLimited({ maxOperationsPerSocket: 1 });
    await using socket = await openConnection(server.url);
    const letGo = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const holding = testDatabase.database.prisma.$transaction(async (tx) => {
      await tx.$executeRaw`LOCK TABLE batches IN ACCESS EXCLUSIVE MODE`;
      held.resolve();
      await letGo.promise;
    });
    await held.promise;
    socket.send(subscribe('a', '{ batches { totalCount } }'), complete('a'), subscribe('b', '{ __typename }'));
    expect(await answerTo(socket, 'b')).toEqual(refusal('b', 'OPERATION_LIMIT_EXCEEDED'));
    letGo.resolve();
    await holding;
    await server.logged(({ transport }) => transport === 'ws');
    await vi.waitFor(async () => {
      socket.send(subscribe('c', '{ __typename }'));
      expect(await answerTo(socket, 'c')).toMatchObject({ type: 'next' });
    });
  });
});

describe('size of what is sent', () => {
  const MAX = 10_000;
  let server: TestServer;
  beforeAll(async () => {
    server = await startLimited({}, MAX);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const large = (bytes: number) => `{ __typename } # ${'x'.repeat(bytes)}`;

  test.each([
    ['as clients write it', JSON.stringify(subscribe('a', large(MAX)))],
    ['with its id behind the rest', JSON.stringify({ type: 'subscribe', payload: { query: large(MAX) }, id: 'a' })],
    [
      'with the type before the id',
      `{ "type": "subscribe", "id": "a", "payload": ${JSON.stringify({ query: large(MAX) })} }`,
    ],
  ])('a message that is too large is refused, and no other: %s', async (_how, message) => {
    await using socket = await openConnection(server.url);
    socket.send(subscribe('watching', WATCH_EVERYTHING), message);
    expect(await answerTo(socket, 'a')).toEqual(refusal('a', 'PAYLOAD_TOO_LARGE'));
    socket.send(subscribe('a', large(MAX - 200)));
    expect(await answerTo(socket, 'a')).toMatchObject({ type: 'next', payload: { data: { __typename: 'Query' } } });
    await makeBatch(server, inputOf(1));
    expect(await answerTo(socket, 'watching')).toMatchObject({ type: 'next' });
  });

  test('before it is let in, a client is not told of its operations', async () => {
    await using socket = await openRawSocket(server.url);
    socket.send(subscribe('a', large(MAX)));
    expect(await socket.closed).toMatchObject({ code: 4401 });
  });

  test.each([
    ['twice as large', JSON.stringify(subscribe('a', large(2 * MAX)))],
    ['not for an operation', JSON.stringify({ type: 'ping', payload: { text: large(MAX) } })],
    ['no JSON', 'x'.repeat(MAX + 1)],
  ])('what is too large and %s closes the connection, and the server says nothing of it', async (_how, message) => {
    const [written, told] = [vi.spyOn(process.stderr, 'write'), vi.spyOn(console, 'error')];
    await using other = await openConnection(server.url);
    await using socket = await openConnection(server.url);
    socket.send(message);
    expect(await socket.closed).toMatchObject({ code: 1009 });
    other.send(subscribe('a', '{ __typename }'));
    expect(await answerTo(other, 'a')).toMatchObject({ type: 'next' });
    expect(written).not.toHaveBeenCalled();
    expect(told).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  test('over HTTP it is refused by its length, and in chunks, too', async () => {
    const body = JSON.stringify({ query: large(MAX) });
    for (const headers of [{ 'content-length': body.length }, { 'transfer-encoding': 'chunked' }]) {
      const posted = httpRequest(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
      });
      posted.end(body);
      const { status, body: answer } = await answerOf(once(posted, 'response'));
      expect(status).toBe(413);
      expect(answer).toMatchObject({ errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] });
    }
  });

  test('several operations in one request are refused, and it is said why', async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ query: '{ __typename }' }, { query: '{ __typename }' }]),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      errors: [
        {
          message: 'Batched requests are not supported: send one operation per request.',
          extensions: { code: 'BAD_REQUEST' },
        },
      ],
    });
  });
});

describe('subscriptions', () => {
  test('one too many of a client is refused over WebSocket and SSE, until another has ended', async () => {
    await using server = await startLimited({ maxSubscriptionsPerClient: 2 });
    const { id } = await makeBatch(server, inputOf(1));
    const overSocket = server.subscribe(WATCH, { id }, from('192.0.2.1'));
    await overSocket.next();
    const overSse = server.subscribeSse(WATCH, { id }, from('192.0.2.1'));
    await overSse.next();
    const exceeded = { errors: [{ extensions: { code: 'SUBSCRIPTION_LIMIT_EXCEEDED' } }] };
    expect((await server.subscribe(WATCH, { id }, from('192.0.2.1')).next()).value).toMatchObject(exceeded);
    const refused = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...from('192.0.2.1') },
      body: JSON.stringify({ query: WATCH_EVERYTHING }),
    });
    expect(refused.status).toBe(429);
    expect(await refused.text()).toContain('"code":"SUBSCRIPTION_LIMIT_EXCEEDED"');
    expect(await server.subscribe(WATCH, { id }, from('192.0.2.2')).next()).toMatchObject({ done: false });

    await overSse.return?.();
    await vi.waitFor(async () =>
      expect((await server.subscribe(WATCH, { id }, from('192.0.2.1')).next()).value.errors).toBeUndefined(),
    );
    await expect(server.subscribeSse(WATCH, { id }, from('192.0.2.1')).next()).rejects.toThrow('429');
  });

  test('a process takes so many of all clients', async () => {
    await using server = await startLimited({ maxSubscriptions: 2 });
    const { id } = await makeBatch(server, inputOf(1));
    const first = server.subscribe(WATCH, { id }, from('192.0.2.1'));
    await first.next();
    await server.subscribeSse(WATCH, { id }, from('192.0.2.2')).next();
    expect((await server.subscribe(WATCH_ALL, {}, from('192.0.2.3')).next()).value).toMatchObject({
      errors: [{ extensions: { code: 'SUBSCRIPTION_LIMIT_EXCEEDED' } }],
    });
    await first.return?.();
    await vi.waitFor(async () =>
      expect((await server.subscribe(WATCH, { id }, from('192.0.2.3')).next()).value.errors).toBeUndefined(),
    );
  });
});

/** How a server refuses to open a WebSocket. */
async function refusedUpgrade(server: TestServer, headers: Record<string, string>) {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  return answerOf(once(socket, 'unexpected-response'));
}

describe('connections', () => {
  test('one too many of a client is refused, over HTTP and WebSocket, and nobody else', async () => {
    await using server = await startLimited({ maxConnectionsPerClient: 2 });
    const { id } = await makeBatch(server, inputOf(1));
    const stream = server.subscribeSse(WATCH, { id }, from('192.0.2.1'));
    await stream.next();
    await using socket = await openConnection(server.url, { headers: from('192.0.2.1') });

    const exceeded = { errors: [{ message: expect.any(String), extensions: { code: 'CONNECTION_LIMIT_EXCEEDED' } }] };
    const { response, errors } = await server.queryText('{ __typename }', from('192.0.2.1'));
    expect({ status: response.status, errors }).toEqual({ status: 429, ...exceeded });
    expect(await refusedUpgrade(server, from('192.0.2.1'))).toMatchObject({ status: 429, body: exceeded });
    expect((await server.queryText('{ __typename }', from('192.0.2.2'))).data).toEqual({ __typename: 'Query' });

    socket.socket.close();
    await vi.waitFor(async () =>
      expect((await server.queryText('{ __typename }', from('192.0.2.1'))).response.status).toBe(200),
    );
  });
});

describe('rate', () => {
  test('who asks too often is told to wait, over HTTP and WebSocket, and nobody else', async () => {
    await using server = await startLimited({ requestsPerMinute: 4 });
    // The request that opens it is one, too.
    await using socket = await openConnection(server.url, { headers: from('192.0.2.1') });
    socket.send(subscribe('a', '{ __typename }'));
    expect(await answerTo(socket, 'a')).toMatchObject({ type: 'next' });
    for (let at = 0; at < 2; at++) {
      expect((await server.queryText('{ __typename }', from('192.0.2.1'))).response.status).toBe(200);
    }

    const { response, errors } = await server.queryText('{ __typename }', from('192.0.2.1'));
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(50);
    const limited = { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) };
    expect(errors).toEqual([{ message: expect.any(String), extensions: limited }]);
    socket.send(subscribe('b', '{ __typename }'));
    expect(await answerTo(socket, 'b')).toEqual(refusal('b', 'RATE_LIMITED', { retryAfterMs: expect.any(Number) }));
    expect(await refusedUpgrade(server, from('192.0.2.1'))).toMatchObject({
      status: 429,
      headers: { 'retry-after': expect.any(String) },
      body: { errors: [{ extensions: limited }] },
    });
    expect((await server.queryText('{ __typename }', from('192.0.2.2'))).response.status).toBe(200);
  });
});
