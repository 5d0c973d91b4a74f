import { afterAll, beforeAll, expect, test } from 'vitest';
import { openConnection, type RawSocket, subscribe } from '../conformance/raw-socket.ts';
import { inputOf, type MadeBatch, makeBatch } from '../graphql/scene.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

// What is made once for all who watch the same is sent in frames that this service makes itself.

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** As a client may call its operations: also so that an id has to be escaped, and has several bytes. */
const IDS = ['1', 'a "b" \\ c', '批次-🎬', 'x'.repeat(300)];

/** Subscribes as each of the ids, on a connection each, and has the first event of each out of the way. */
async function watchAll(stack: AsyncDisposableStack, query: string): Promise<RawSocket[]> {
  return Promise.all(
    IDS.map(async (id) => {
      const socket = stack.use(await openConnection(server.url));
      socket.send(subscribe(id, query));
      await socket.next();
      return socket;
    }),
  );
}

/** Starts all projects of a batch with one statement, and gives what each subscriber is sent. */
async function changeAll(batch: MadeBatch, sockets: readonly RawSocket[]) {
  await server.testDatabase.sql(`UPDATE projects SET status = 'RENDERING' WHERE batch_id = $1`, [batch.uuid]);
  return Promise.all(sockets.map((socket) => socket.next()));
}

test.each([
  ['of less than 126 bytes', 1, '{ reset }', { min: 1, max: 125 }],
  ['of less than 65,536 bytes', 3, '{ changes { at project { id name } } }', { min: 126, max: 65_535 }],
  ['of more than 65,535 bytes', 800, '{ changes { at project { id name version } } }', { min: 65_536, max: 2 ** 20 }],
])('an event %s comes whole to everybody who watches the same', async (_size, projects, fields, { min, max }) => {
  const batch = await makeBatch(server, inputOf(projects));
  await using stack = new AsyncDisposableStack();
  const query = `subscription { batchProgress(batchId: "${batch.id}") ${fields} }`;
  const sockets = await watchAll(stack, query);
  const alone = stack.use(await openConnection(server.url));
  // In other words, so that nobody shares its results.
  alone.send(subscribe('1', `${query} `));
  const { payload: first } = await alone.next();
  expect(first).toMatchObject({ data: { batchProgress: expect.anything() } });

  const messages = await changeAll(batch, [...sockets, alone]);
  const payload = messages.at(-1)?.payload;
  const size = Buffer.byteLength(JSON.stringify(messages[0]));
  expect({ size, fits: size >= min && size <= max }).toEqual({ size, fits: true });
  expect(messages).toEqual([...IDS, '1'].map((id) => ({ id, type: 'next', payload })));
  if (projects > 1) {
    expect(payload).toMatchObject({ data: { batchProgress: { changes: { length: projects } } } });
  }
});

test('what others ask for with other variables is not shared', async () => {
  const batch = await makeBatch(server, inputOf(2));
  await using stack = new AsyncDisposableStack();
  const query = `subscription ($name: Boolean!) {
    batchProgress(batchId: "${batch.id}") { changes { project { position name @include(if: $name) } } }
  }`;
  const asked = [true, false, true, false];
  const sockets = await Promise.all(
    asked.map(async (name) => {
      const socket = stack.use(await openConnection(server.url));
      socket.send({ id: '1', type: 'subscribe', payload: { query, variables: { name } } });
      await socket.next();
      return socket;
    }),
  );
  const named = (name: boolean) =>
    batch.projects.map((_, position) => ({ project: name ? { position, name: expect.any(String) } : { position } }));
  expect((await changeAll(batch, sockets)).map(({ payload }) => payload)).toEqual(
    asked.map((name) => ({ data: { batchProgress: { changes: named(name) } } })),
  );
});
