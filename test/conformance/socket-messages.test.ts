import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Authenticator } from '../../src/auth/authenticator.ts';
import { Unauthenticated } from '../../src/auth/errors.ts';
import { ANONYMOUS } from '../../src/auth/principal.ts';
import { inputOf, makeBatch } from '../graphql/scene.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { entriesOf, tokenOf } from '../helpers/tokens.ts';
import { complete, openConnection, openRawSocket, type RawSocketOptions, subscribe } from './raw-socket.ts';

// The messages of a connection, after PROTOCOL.md of graphql-transport-ws, and how it is closed.

const INIT = { type: 'connection_init' };
const QUERY = '{ __typename }';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const open = (options?: RawSocketOptions) => openRawSocket(server.url, options);
const connect = (options?: RawSocketOptions) => openConnection(server.url, options);

describe('4400: a message that is not one of the protocol', () => {
  const operation = { id: '1', type: 'subscribe', payload: { query: QUERY } };
  const frames: (string | object)[] = [
    '',
    'garbage',
    '{"type":"ping"',
    'null',
    '[]',
    '"ping"',
    '1',
    '{}',
    { type: null },
    { type: 1 },
    { type: '' },
    { type: 'unknown' },
    { type: 'start', id: '1', payload: { query: QUERY } },
    { type: '__proto__' },
    [operation],
    // What only a server sends.
    { type: 'connection_ack' },
    { id: '1', type: 'next', payload: { data: null } },
    { id: '1', type: 'error', payload: [{ message: 'no' }] },
    // A payload that is no object.
    { type: 'connection_init', payload: 'text' },
    { type: 'connection_init', payload: [] },
    { type: 'ping', payload: 'text' },
    { type: 'ping', payload: [1] },
    { type: 'pong', payload: 1 },
    // An operation without what makes it one.
    { ...operation, id: undefined },
    { ...operation, id: null },
    { ...operation, id: '' },
    { ...operation, id: 1 },
    { ...operation, payload: undefined },
    { ...operation, payload: null },
    { ...operation, payload: QUERY },
    { ...operation, payload: [{ query: QUERY }] },
    { ...operation, payload: {} },
    { ...operation, payload: { query: null } },
    { ...operation, payload: { query: 1 } },
    { ...operation, payload: { query: QUERY, variables: 'text' } },
    { ...operation, payload: { query: QUERY, variables: [] } },
    { ...operation, payload: { query: QUERY, operationName: 1 } },
    { ...operation, payload: { query: QUERY, operationName: {} } },
    { ...operation, payload: { query: QUERY, extensions: 'text' } },
    { ...operation, payload: { query: QUERY, extensions: [] } },
    { type: 'complete' },
    { type: 'complete', id: '' },
    { type: 'complete', id: 1 },
  ];
  test.each(frames.map((frame) => [JSON.stringify(frame), frame]))('%s', async (_text, frame) => {
    await using socket = await connect();
    socket.send(frame);
    expect(await socket.closed).toEqual({ code: 4400, reason: expect.stringMatching(/.+/) });
    // What was acknowledged is all that it was told.
    expect(socket.received).toHaveLength(1);
  });

  test('before the connection is acknowledged, too', async () => {
    await using socket = await open();
    socket.send('garbage');
    expect(await socket.closed).toMatchObject({ code: 4400 });
  });

  test('what comes after it is not run', async () => {
    const name = 'Behind garbage';
    const query = 'mutation Make($input: CreateBatchInput!) { createBatch(input: $input) { __typename } }';
    for (let round = 0; round < 10; round++) {
      await using socket = await connect();
      socket.send('garbage', subscribe('1', query, { input: inputOf(1, { name }) }));
      expect(await socket.closed).toMatchObject({ code: 4400 });
      expect(socket.received).toHaveLength(1);
    }
    await makeBatch(server, inputOf(1, { name: 'Something made after all that' }));
    expect(await server.testDatabase.sql('SELECT 1 FROM batches WHERE name = $1', [name])).toEqual([]);
  });

  test('nobody else notices, and the log complains of nothing', async () => {
    await using other = await connect();
    await using socket = await connect();
    socket.send('garbage');
    await socket.closed;
    other.send(subscribe('1', QUERY));
    expect(await other.next()).toMatchObject({ type: 'next' });
    expect(server.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });

  test('a binary frame holds a message like any other, or garbage', async () => {
    await using socket = await connect();
    socket.send(Buffer.from(JSON.stringify(subscribe('1', QUERY))));
    expect(await socket.next()).toMatchObject({ id: '1', type: 'next' });
    socket.send(Buffer.from([0, 255, 1]));
    expect(await socket.closed).toMatchObject({ code: 4400 });
  });

  test('a text that is no UTF-8 ends the socket by the rules of WebSocket itself', async () => {
    await using socket = await connect();
    socket.socket.send(Buffer.from([0x22, 0xc3, 0x28, 0x22]), { binary: false });
    expect(await socket.closed).toMatchObject({ code: 1007 });
  });
});

/** Whoever looks at tokens in this way. */
function authenticatorWith(authenticate: Authenticator['authenticate']): Authenticator {
  return { isRequired: true, authenticate, isCurrent: () => true, async [Symbol.asyncDispose]() {} };
}

describe('4401: an operation before the connection is acknowledged', () => {
  test('without any connection_init', async () => {
    await using socket = await open();
    socket.send(subscribe('1', QUERY));
    expect(await socket.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
    expect(socket.received).toEqual([]);
  });

  test('while it is not decided whether to let the client in', async () => {
    const asked = Promise.withResolvers<void>();
    const decided = Promise.withResolvers<void>();
    const authenticator = authenticatorWith(async () => {
      asked.resolve();
      await decided.promise;
      return ANONYMOUS;
    });
    await using slow = await startTestServer({ http: { authenticator } });
    await using socket = await openRawSocket(slow.url);
    socket.send(INIT);
    await asked.promise;
    socket.send(subscribe('1', QUERY));
    expect(await socket.closed).toMatchObject({ code: 4401 });
    decided.resolve();
  });

  test('ending an operation that there can not be is let pass', async () => {
    await using socket = await open();
    socket.send(complete('1'), INIT);
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
  });
});

describe('4403: a client that is not let in', () => {
  test('is told in words, and no operation of it is run', async () => {
    const alice = tokenOf('alice', 'operator');
    await using strict = await startTestServer({ tokens: entriesOf(alice) });
    await using refused = await openRawSocket(strict.url);
    refused.send({ ...INIT, payload: { authorization: 'Bearer nobody' } }, subscribe('1', QUERY));
    expect((await refused.closed).reason).not.toBe('');
    expect(refused.received).toEqual([]);
    await using silent = await openRawSocket(strict.url);
    silent.send(INIT);
    expect(await silent.closed).toMatchObject({ code: 4403 });
    await using taken = await openRawSocket(strict.url);
    taken.send({ ...INIT, payload: { authorization: alice.headers.authorization } });
    expect(await taken.next()).toEqual({ type: 'connection_ack' });
  });

  test.each(['en', 'zh-TW'])('is told as much as a close frame has room for: %s', async (language) => {
    const authenticator = authenticatorWith(async () => {
      throw new Unauthenticated({ key: 'tokenClaim', claim: 'sub', expected: '一二三四五六七八九十'.repeat(10) });
    });
    await using strict = await startTestServer({ http: { authenticator } });
    await using socket = await openRawSocket(strict.url, { headers: { 'accept-language': language } });
    socket.send(INIT);
    const { code, reason } = await socket.closed;
    expect(code).toBe(4403);
    expect(reason).toMatch(/'sub'.*一二三.*…$/);
    expect(Buffer.byteLength(reason)).toBeGreaterThan(118);
  });
});

describe('4406: a client of another protocol', () => {
  /** Opens a socket by hand, as client libraries end it themselves where the server picks no protocol. */
  async function closeCodeFor(protocols: string | undefined): Promise<number> {
    const { port, hostname } = new URL(server.url);
    const upgrade = request({
      hostname,
      port,
      path: '/graphql',
      headers: {
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.alloc(16).toString('base64'),
        ...(protocols !== undefined && { 'sec-websocket-protocol': protocols }),
      },
    }).end();
    const [response, socket, head] = await once(upgrade, 'upgrade');
    expect(response.statusCode).toBe(101);
    expect(response.headers['sec-websocket-protocol']).toBeUndefined();
    const frame: Buffer = head.length > 0 ? head : (await once(socket, 'data'))[0];
    socket.destroy();
    // 0x88: the first and last frame of a close message; then its length, then the code.
    expect(frame[0]).toBe(0x88);
    return frame.readUInt16BE(2);
  }

  test.each([undefined, 'graphql-ws', 'graphql-transport-ws-2, chat', 'GRAPHQL-TRANSPORT-WS'])(
    'offering %s',
    async (protocols) => {
      expect(await closeCodeFor(protocols)).toBe(4406);
    },
  );

  test('one that offers it among others gets it', async () => {
    await using socket = await connect({ protocols: ['chat', 'graphql-ws', 'graphql-transport-ws'] });
    expect(socket.socket.protocol).toBe('graphql-transport-ws');
  });
});

describe('4408: a client that does not say hello', () => {
  test('in time is put out, whatever else it says; one that did is not', async () => {
    await using hasty = await startTestServer({ http: { initTimeoutMs: 200 } });
    await using polite = await openConnection(hasty.url);
    await using socket = await openRawSocket(hasty.url);
    socket.send({ type: 'ping' }, { type: 'pong' }, complete('1'));
    expect(await socket.closed).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
    expect(await polite.settled()).toEqual([]);
  });
});

describe('4409: an operation with the id of one that is under way', () => {
  test.each([
    ['a short one', '1', 'Subscriber for 1 already exists'],
    // The reason of a close frame has room for 123 bytes.
    ['a long one', 'x'.repeat(500), `Subscriber for ${'x'.repeat(105)}…`],
    ['a long one of long characters', '批次'.repeat(40), `Subscriber for ${'批次'.repeat(17)}批…`],
  ])('%s', async (_what, id, reason) => {
    await using socket = await connect();
    socket.send(subscribe(id, 'subscription { batchUpdated { id } }'));
    await expect.poll(() => server.feed.subscribers).toBe(1);
    socket.send(subscribe(id, QUERY));
    expect(await socket.closed).toEqual({ code: 4409, reason });
    await expect.poll(() => server.feed.subscribers).toBe(0);
  });

  test('also while that one is only being prepared, and of whatever kind they are', async () => {
    await using socket = await connect();
    socket.send(subscribe('1', '{ batches { totalCount } }'), subscribe('1', QUERY));
    expect(await socket.closed).toMatchObject({ code: 4409 });
  });
});

describe('4429: a second connection_init', () => {
  test('after the first was acknowledged', async () => {
    await using socket = await connect();
    socket.send(INIT);
    expect(await socket.closed).toEqual({ code: 4429, reason: 'Too many initialisation requests' });
  });

  test('before the first was acknowledged', async () => {
    await using socket = await open();
    socket.send(INIT, INIT);
    expect(await socket.closed).toMatchObject({ code: 4429 });
  });
});

describe('a connection', () => {
  test.each([[{}], [{ payload: null }], [{ payload: {} }], [{ payload: { any: { thing: 1 } } }]])(
    'is acknowledged with %j',
    async (rest) => {
      await using socket = await open();
      socket.send({ ...INIT, ...rest });
      expect(await socket.next()).toEqual({ type: 'connection_ack' });
    },
  );

  test.each([
    ['before', open],
    ['after', connect],
  ])('answers pings with their payload, %s connection_init', async (_when, opened) => {
    await using socket = await opened();
    socket.send({ type: 'ping' }, { type: 'ping', payload: null }, { type: 'ping', payload: { at: [1, '二'] } });
    const pongs = [await socket.next(({ type }) => type === 'pong'), await socket.next(), await socket.next()];
    expect(pongs).toEqual([{ type: 'pong' }, { type: 'pong' }, { type: 'pong', payload: { at: [1, '二'] } }]);
  });

  test('lets pongs pass that nobody has asked for', async () => {
    await using socket = await open();
    socket.send({ type: 'pong' }, { type: 'pong', payload: { any: 'thing' } }, INIT, { type: 'pong' });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    expect(await socket.settled()).toEqual([]);
  });

  test('answers the pings of WebSocket itself', async () => {
    await using socket = await open();
    socket.socket.ping('here');
    const [payload] = await once(socket.socket, 'pong');
    expect(String(payload)).toBe('here');
  });

  test('is closed by the client with 1000, and that is the end of its operations', async () => {
    await using socket = await connect();
    socket.send(subscribe('1', 'subscription { batchUpdated { id } }'));
    await expect.poll(() => server.feed.subscribers).toBe(1);
    socket.socket.close(1000, 'Normal Closure');
    expect(await socket.closed).toMatchObject({ code: 1000 });
    await expect.poll(() => server.feed.subscribers).toBe(0);
  });
});
