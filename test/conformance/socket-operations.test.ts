import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inputOf, type MadeBatch, makeBatch, updateProject } from '../graphql/scene.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { complete, openConnection, type RawMessage, type RawSocket, subscribe } from './raw-socket.ts';

// The operations of a connection, after PROTOCOL.md of graphql-transport-ws.

const QUERY = '{ __typename }';
const WATCH_ALL = 'subscription { batchUpdated { id } }';
/** One that has to wait for the database. */
const SLOW_QUERY = '{ batches { totalCount } }';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const connect = () => openConnection(server.url);
const watch = (batch: MadeBatch) =>
  `subscription { batchProgress(batchId: "${batch.id}") { batch { version status } } }`;
const result = (id: string): RawMessage => ({ id, type: 'next', payload: { data: { __typename: 'Query' } } });
const endOf = (id: string) => (message: RawMessage) => message.id === id && message.type === 'complete';

/** Resolves once nobody watches anything. */
const nobodyWatches = () => expect.poll(() => server.feed.subscribers).toBe(0);
const somebodyWatches = (count = 1) => expect.poll(() => server.feed.subscribers).toBe(count);

/** Changes something that every subscriber of the batch is told of. */
const change = (batch: MadeBatch, status: string) => updateProject(server, String(batch.projects[0]?.uuid), { status });

describe('an operation', () => {
  test.each([
    ['a query', QUERY, { __typename: 'Query' }],
    ['a mutation', 'mutation { __typename }', { __typename: 'Mutation' }],
  ])('%s has one result and is complete', async (_what, query, data) => {
    await using socket = await connect();
    socket.send(subscribe('1', query));
    expect([await socket.next(), await socket.next()]).toEqual([
      { id: '1', type: 'next', payload: { data } },
      complete('1'),
    ]);
    expect(await socket.settled()).toEqual([]);
  });

  test('a subscription has results until it is complete', async () => {
    const batch = await makeBatch(server, inputOf(1));
    await using socket = await connect();
    socket.send(subscribe('1', watch(batch)));
    expect(await socket.next()).toMatchObject({
      payload: { data: { batchProgress: { batch: { status: 'QUEUED' } } } },
    });
    await change(batch, 'RENDERING');
    expect(await socket.next()).toMatchObject({
      payload: { data: { batchProgress: { batch: { status: 'RUNNING' } } } },
    });
    await change(batch, 'COMPLETED');
    expect(await socket.next()).toMatchObject({
      payload: { data: { batchProgress: { batch: { status: 'COMPLETED' } } } },
    });
    expect(await socket.next()).toEqual(complete('1'));
    expect(await socket.settled()).toEqual([]);
  });

  test('takes null for everything that it need not have', async () => {
    await using socket = await connect();
    const payload = { query: QUERY, variables: null, operationName: null, extensions: null };
    socket.send({ id: '1', type: 'subscribe', payload });
    expect(await socket.next()).toEqual(result('1'));
  });

  test.each(['__proto__', 'constructor', '批次 "1"\n\u2028', ' ', '0'])('can have any id: %j', async (id) => {
    await using socket = await connect();
    socket.send(subscribe(id, QUERY));
    expect([await socket.next(), await socket.next()]).toEqual([result(id), complete(id)]);
  });
});

describe('what is wrong with an operation', () => {
  const cases: [string, string, 'error' | 'next', string][] = [
    ['syntax', '{', 'error', 'GRAPHQL_PARSE_FAILED'],
    ['an empty document', '', 'error', 'GRAPHQL_PARSE_FAILED'],
    ['validation', '{ nothing }', 'error', 'GRAPHQL_VALIDATION_FAILED'],
    ['validation of a subscription', 'subscription { nothing }', 'error', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'several root fields',
      `subscription { a: batchUpdated { id } b: batchUpdated { id } }`,
      'error',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'no operation to be told',
      'query One { a: __typename } query Two { b: __typename }',
      'error',
      'OPERATION_RESOLUTION_FAILURE',
    ],
    ['variables', 'query One($id: ID!) { batch(id: $id) { id } }', 'error', 'BAD_REQUEST'],
    ['execution', '{ batch(id: "batch_1") { id } }', 'next', 'BATCH_NOT_FOUND'],
    [
      'execution of a subscription',
      'subscription { batchProgress(batchId: "batch_1") { cursor } }',
      'next',
      'BATCH_NOT_FOUND',
    ],
  ];
  test.each(cases)('%s: is told of it alone, and its id is free again', async (_what, query, type, code) => {
    const batch = await makeBatch(server, inputOf(1));
    await using socket = await connect();
    socket.send(subscribe('other', watch(batch)));
    await socket.next();
    socket.send(subscribe('1', query));
    const message = await socket.next();
    const errors = [
      expect.objectContaining({ message: expect.any(String), extensions: expect.objectContaining({ code }) }),
    ];
    expect(message).toMatchObject({ id: '1', type, payload: type === 'error' ? errors : { errors } });
    // After an error there is nothing more; a result is followed by its end.
    expect(await socket.settled()).toEqual(type === 'error' ? [] : [complete('1')]);
    socket.send(complete('1'), subscribe('1', QUERY));
    expect([await socket.next(), await socket.next()]).toEqual([result('1'), complete('1')]);
    await change(batch, 'COMPLETED');
    expect(await socket.next()).toMatchObject({ id: 'other', type: 'next' });
    expect(await socket.next()).toEqual(complete('other'));
  });
});

describe('an id', () => {
  test('can be used again and again', async () => {
    await using socket = await connect();
    for (let round = 0; round < 100; round++) {
      const query = round % 3 === 0 ? '{ nothing }' : QUERY;
      socket.send(subscribe('1', query));
      const last = await socket.next(({ type }) => type !== 'next');
      expect(last).toMatchObject({ id: '1', type: query === QUERY ? 'complete' : 'error' });
    }
    expect(await socket.settled()).toEqual([]);
  });

  test('can be used again at once after an operation was ended that has not yet answered', async () => {
    await using socket = await connect();
    for (let round = 0; round < 50; round++) {
      socket.send(subscribe('1', SLOW_QUERY), complete('1'), subscribe('1', QUERY));
      // No result and no end of the first one are given to the second.
      expect([await socket.next(), await socket.next()]).toEqual([result('1'), complete('1')]);
    }
    socket.send(subscribe('2', SLOW_QUERY));
    await socket.next(endOf('2'));
    expect(socket.received.filter(({ id }) => id === '1')).toHaveLength(100);
  });

  test('of a query that was ended can be that of a subscription, which can be ended, too', async () => {
    await using socket = await connect();
    for (let round = 0; round < 10; round++) {
      socket.send(subscribe('1', SLOW_QUERY), complete('1'), subscribe('1', WATCH_ALL));
      await somebodyWatches();
      // The query has been answered by now, as the database answers in order.
      socket.send(subscribe('2', SLOW_QUERY));
      await socket.next(endOf('2'));
      const batch = await makeBatch(server, inputOf(1));
      const data = { batchUpdated: { id: batch.id } };
      expect(await socket.next()).toEqual({ id: '1', type: 'next', payload: { data } });
      socket.send(complete('1'));
      await nobodyWatches();
      expect(await socket.settled()).toEqual([]);
    }
  });

  test('of a subscription that was ended can be that of another', async () => {
    const batch = await makeBatch(server, inputOf(1));
    await using socket = await connect();
    for (let round = 0; round < 30; round++) {
      socket.send(subscribe('1', WATCH_ALL), complete('1'), subscribe('1', watch(batch)));
      expect(await socket.next()).toMatchObject({ id: '1', payload: { data: { batchProgress: {} } } });
      socket.send(complete('1'));
    }
    await nobodyWatches();
  });
});

describe('an end that the client asks for', () => {
  test.each([
    ['a query', SLOW_QUERY],
    ['a mutation', 'mutation { pauseBatch(input: { batchId: "batch_1" }) { __typename } }'],
    ['a subscription', WATCH_ALL],
    ['a subscription that is to fail', 'subscription { batchProgress(batchId: "batch_1") { cursor } }'],
    ['what is wrong', '{ nothing }'],
  ])('at once: of %s nothing is told', async (_what, query) => {
    await using socket = await connect();
    for (let round = 0; round < 20; round++) {
      socket.send(subscribe(`${round}`, query), complete(`${round}`));
    }
    socket.send(subscribe('last', SLOW_QUERY));
    await socket.next(endOf('last'));
    expect(
      (await socket.settled()).concat(socket.received.filter(({ id }) => id !== 'last' && id !== undefined)),
    ).toEqual([]);
    await nobodyWatches();
  });

  test('is not answered, and stops the results', async () => {
    const batch = await makeBatch(server, inputOf(1));
    await using socket = await connect();
    socket.send(subscribe('1', watch(batch)));
    await socket.next();
    socket.send(complete('1'));
    await nobodyWatches();
    await change(batch, 'RENDERING');
    expect(await socket.settled()).toEqual([]);
  });

  test('while results are on their way is the last word', async () => {
    const batch = await makeBatch(server, inputOf(1));
    await using socket = await connect();
    for (let round = 0; round < 30; round++) {
      socket.send(subscribe('1', watch(batch)));
      await socket.next();
      const changed = change(batch, round % 2 === 0 ? 'RENDERING' : 'SCRIPT_GENERATING');
      if (round % 3 === 0) {
        await changed;
      }
      socket.send(complete('1'));
      // Some may have been sent before the server heard of it; after its pong there is none.
      await socket.settled();
      await changed;
      expect(await socket.settled()).toEqual([]);
    }
    await nobodyWatches();
  });

  test('of what never was, is over or has ended before is let pass', async () => {
    await using socket = await connect();
    socket.send(complete('never'), subscribe('1', QUERY));
    await socket.next(endOf('1'));
    socket.send(complete('1'), complete('1'), subscribe('2', WATCH_ALL), complete('2'), complete('2'));
    socket.send(subscribe('3', '{'), complete('3'));
    expect(await socket.settled()).toMatchObject([]);
    socket.send(subscribe('1', QUERY));
    expect(await socket.next()).toEqual(result('1'));
    await nobodyWatches();
  });
});

describe('a busy connection', () => {
  /** Operations under way at a time: fewer than a socket may have. */
  const WIDTH = 50;

  test('answers very many operations, each with what it asked for and once', async () => {
    await using socket = await connect();
    const waves = 40;
    for (let wave = 0; wave < waves; wave++) {
      const ids = Array.from({ length: WIDTH }, (_, at) => `${wave}.${at}`);
      socket.send(
        ...ids.map((id) =>
          subscribe(id, `{ own: __type(name: "Batch") { name } _${id.replace('.', '_')}: __typename }`),
        ),
      );
      for (const _id of ids) {
        await socket.next(({ type }) => type === 'complete');
      }
    }
    expect(await socket.settled()).toEqual([]);
    const byId = Map.groupBy(
      socket.received.filter(({ id }) => id !== undefined),
      ({ id }) => id,
    );
    expect(byId.size).toBe(waves * WIDTH);
    for (const [id, messages] of byId) {
      expect(messages.map(({ type }) => type)).toEqual(['next', 'complete']);
      expect(JSON.stringify(messages[0]?.payload)).toContain(`"_${id?.replace('.', '_')}":"Query"`);
    }
  });

  test('sends nothing of an operation after its end, over many rounds', async () => {
    const batch = await makeBatch(server, inputOf(1));
    await using socket = await connect();
    const isOver = new Set<string>();
    const late: RawMessage[] = [];
    socket.socket.on('message', (data) => {
      const message: RawMessage = JSON.parse(String(data));
      if (message.id !== undefined && isOver.has(message.id)) {
        late.push(message);
      }
      if (message.id !== undefined && message.type !== 'next') {
        isOver.add(message.id);
      }
    });
    const statuses = ['SCRIPT_GENERATING', 'RENDERING', 'UPLOADING', 'COMPLETED', 'INITIALIZED'];
    const rounds = 60;
    for (let round = 0; round < rounds; round++) {
      const ids = Array.from({ length: 20 }, (_, at) => `${round}.${at}`);
      socket.send(...ids.map((id, at) => subscribe(id, at % 2 === 0 ? watch(batch) : WATCH_ALL)));
      const changed = change(batch, String(statuses[round % statuses.length]));
      await socket.next(({ id, type }) => id === `${round}.0` && type === 'next');
      // Half of them are ended by this side; of those the server may be about to end some as well.
      socket.send(...ids.slice(0, 10).map(complete));
      await socket.settled();
      for (const id of ids.slice(0, 10)) {
        isOver.add(id);
      }
      await changed;
      socket.send(...ids.slice(10).map(complete));
      await socket.settled();
      for (const id of ids) {
        isOver.add(id);
      }
    }
    expect(await socket.settled()).toEqual([]);
    expect(late).toEqual([]);
    await nobodyWatches();
  });
});

describe('a socket that is lost', () => {
  async function watching(count: number): Promise<{ socket: RawSocket; batch: MadeBatch }> {
    const batch = await makeBatch(server, inputOf(1));
    const socket = await connect();
    for (let at = 0; at < count; at++) {
      socket.send(subscribe(`${at}`, at % 2 === 0 ? WATCH_ALL : watch(batch)));
    }
    return { socket, batch };
  }

  test.each([
    ['cut', (socket: RawSocket) => socket.socket.terminate()],
    ['closed', (socket: RawSocket) => socket.socket.close()],
    ['closed for a mistake', (socket: RawSocket) => socket.send('garbage')],
  ])('leaves no subscriber behind: %s', async (_how, lose) => {
    const { socket } = await watching(20);
    await somebodyWatches(20);
    lose(socket);
    await socket.closed;
    await nobodyWatches();
  });

  test('leaves no subscriber behind while its operations are being prepared', async () => {
    for (let round = 0; round < 20; round++) {
      const { socket } = await watching(10);
      socket.send(subscribe('query', SLOW_QUERY));
      await socket.settled();
      socket.socket.terminate();
      await socket.closed;
    }
    await nobodyWatches();
  });

  test('leaves no subscriber behind while results are on their way', async () => {
    const { socket, batch } = await watching(10);
    await somebodyWatches(10);
    const changed = change(batch, 'RENDERING');
    socket.socket.terminate();
    await changed;
    await socket.closed;
    await nobodyWatches();
    expect(server.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });
});
