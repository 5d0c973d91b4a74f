import { once } from 'node:events';
import type { Client, FormattedExecutionResult } from 'graphql-ws';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { inputOf, makeBatch, updateProject } from '../graphql/scene.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** All results of one operation; rejects with the errors of an operation that could not be run. */
async function run(client: Client, query: string): Promise<FormattedExecutionResult[]> {
  return Array.fromAsync(client.iterate({ query }));
}

test.each([
  ['{ batches( }', /^Syntax Error/, 'GRAPHQL_PARSE_FAILED'],
  ['{ nothing }', /Cannot query field/, 'GRAPHQL_VALIDATION_FAILED'],
  ['', /Syntax Error/, 'GRAPHQL_PARSE_FAILED'],
  ['query One { __typename } query Two { __typename }', /Could not determine/, 'OPERATION_RESOLUTION_FAILURE'],
])('what is wrong with one operation leaves the others of the connection alone: %s', async (query, message, code) => {
  const batch = await makeBatch(server, inputOf(1));
  const client = server.connect();
  const watched = client.iterate({
    query: `subscription { batchProgress(batchId: "${batch.id}") { batch { status } } }`,
  });
  expect((await watched.next()).value).toMatchObject({ data: { batchProgress: { batch: { status: 'QUEUED' } } } });
  await expect(run(client, query)).rejects.toMatchObject([
    { message: expect.stringMatching(message), extensions: { code } },
  ]);
  expect(await run(client, '{ __typename }')).toEqual([{ data: { __typename: 'Query' } }]);
  await updateProject(server, String(batch.projects[0]?.uuid), { status: 'COMPLETED' });
  expect((await watched.next()).value).toMatchObject({ data: { batchProgress: { batch: { status: 'COMPLETED' } } } });
  expect(await watched.next()).toMatchObject({ done: true });
});

test('each operation has its line in the log', async () => {
  const client = server.connect({ headers: { 'x-request-id': 'socket-1' } });
  await run(client, 'query OverSocket { __typename }');
  await expect(run(client, 'query Broken {')).rejects.toBeDefined();
  const line = await server.logged(({ operation }) => operation === 'query OverSocket');
  expect(line).toMatchObject({
    msg: 'operation',
    transport: 'ws',
    requestId: 'socket-1',
    durationMs: expect.any(Number),
  });
});

test("another site's page may not open a connection", async () => {
  const url = `${server.url.replace('http', 'ws')}/graphql`;
  const foreign = new WebSocket(url, 'graphql-transport-ws', { origin: 'https://elsewhere.example' });
  const [error] = await once(foreign, 'error');
  expect(String(error)).toContain('403');
  const own = new WebSocket(url, 'graphql-transport-ws', { origin: server.url });
  await once(own, 'open');
  own.close();
});

test('connections are taken at /graphql only', async () => {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/elsewhere`, 'graphql-transport-ws');
  const [error] = await once(socket, 'error');
  expect(String(error)).toContain('404');
});

test('a client that breaks the protocol loses its connection, and nobody else does', async () => {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('garbage');
  const [code] = await once(socket, 'close');
  expect(code).toBe(4400);
  expect(await run(server.connect(), '{ __typename }')).toHaveLength(1);
});
