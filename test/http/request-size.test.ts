import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLIENT_LIMITS } from '../../src/http/admission.ts';
import { hasMoreValues } from '../../src/http/json-values.ts';
import { openConnection, openRawSocket, subscribe } from '../conformance/raw-socket.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** With 10 projects in a batch a request may have 20,080 values in it. */
const MAX_VALUES = 20_080;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ limits: { maxProjects: 10 } });
});
afterAll(() => server[Symbol.asyncDispose]());

/** How many values a JSON value is made of, as the limit counts them: containers, and what comes after a comma. */
function valuesIn(value: unknown): number {
  const children = typeof value === 'object' && value !== null ? Object.values(value) : undefined;
  if (children === undefined) {
    return 0;
  }
  return Math.max(1, children.length) + children.reduce<number>((sum, child) => sum + valuesIn(child), 0);
}

test('values are counted as JSON has them, whatever stands in its texts', () => {
  const texts = fc.string({ unit: fc.constantFrom('"', '\\', '{', '[', ',', 'x', '…'), maxLength: 8 });
  const values = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
  fc.assert(
    fc.property(
      fc.oneof(values, fc.array(fc.dictionary(texts, fc.oneof(texts, values)))),
      fc.boolean(),
      (value, spaced) => {
        const json = Buffer.from(JSON.stringify([value], null, spaced ? 1 : 0));
        const count = 1 + valuesIn([value]);
        expect([hasMoreValues(json, count), hasMoreValues(json, count - 1)]).toEqual([false, true]);
      },
    ),
  );
});

const query = '{ __typename }';
const withValues = (count: number) => ({ query, variables: { ids: [], more: Array(count).fill(0) } });
const tooLarge = {
  message: expect.stringContaining(`${MAX_VALUES} values`),
  extensions: { code: 'PAYLOAD_TOO_LARGE' },
};

test('over HTTP a body with too many values is refused before they are made', async () => {
  const post = (body: string) =>
    fetch(`${server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(await (await post(JSON.stringify(withValues(20_000)))).json()).toEqual({ data: { __typename: 'Query' } });
  for (const body of [
    JSON.stringify(withValues(21_000)),
    '['.repeat(1_000_000),
    `{"query":"","variables":${'{"a":'.repeat(50_000)}`,
  ]) {
    const response = await post(body);
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ errors: [tooLarge] });
  }
});

test('over WebSocket an operation with too many values is refused, and the connection stays', async () => {
  await using socket = await openConnection(server.url);
  socket.send({ id: 'a', type: 'subscribe', payload: withValues(21_000) });
  expect(await socket.next()).toEqual({ id: 'a', type: 'error', payload: [tooLarge] });
  socket.send(subscribe('a', '{ __typename }'));
  expect(await socket.next()).toMatchObject({ id: 'a', type: 'next', payload: { data: { __typename: 'Query' } } });
  // Which operation it is would only be known by reading all of it.
  socket.send({ payload: withValues(21_000), id: 'a', type: 'subscribe' });
  expect(await socket.closed).toEqual({ code: 1009, reason: expect.stringContaining(`${MAX_VALUES} values`) });
});

test('a subscription keeps what asked for it, so that may not be large', async () => {
  const variables = { nothing: 'x'.repeat(70_000) };
  const document = 'subscription { batchUpdated { id } }';
  const refused = { message: expect.stringContaining('65536 characters'), extensions: { code: 'PAYLOAD_TOO_LARGE' } };
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: document, variables }),
  });
  const body = await response.text();
  expect(JSON.parse(/^(?:data: )?(\{.+\})$/m.exec(body)?.[1] ?? '')).toEqual({ errors: [refused] });
  await using socket = await openConnection(server.url);
  socket.send({ id: 'a', type: 'subscribe', payload: { query: document, variables } });
  expect(await socket.next()).toEqual({ id: 'a', type: 'next', payload: { errors: [refused] } });
  expect(server.feed.subscribers).toBe(0);
});

test('who has not been let in is not listened to for long', async () => {
  await using socket = await openRawSocket(server.url);
  socket.send(JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(100_000) } }));
  expect((await socket.closed).code).toBe(1009);
  await using hello = await openConnection(server.url);
  hello.send(JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(100_000) } }));
  expect((await hello.next()).type).toBe('pong');
});

test('a client that does not close what is closed here is cut off', { timeout: 60_000 }, async () => {
  const socket = connect(server.http.port, '127.0.0.1');
  socket.write(
    'GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
  );
  await once(socket, 'data');
  // A masked text frame of one character, which is no message of the protocol; the close frame in answer is not heeded.
  socket.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x78]));
  socket.resume();
  await once(socket, 'close');
});

test('whoever looks after the service is told how it is, however much one address has open', async () => {
  await using busy = await startTestServer({
    http: { clientLimits: { ...CLIENT_LIMITS, maxConnectionsPerClient: 1 } },
  });
  await using _only = await openConnection(busy.url);
  expect((await fetch(`${busy.url}/graphql?query={__typename}`)).status).toBe(429);
  expect((await fetch(`${busy.url}/health/ready`)).status).toBe(200);
});

test('without suggestions nothing is suggested for a field without its selection either', async () => {
  await using silent = await startTestServer({ limits: { suggestions: false } });
  const [told, untold] = await Promise.all([server, silent].map((each) => each.queryText('{ batches }')));
  expect(told?.errors?.[0]?.message).toMatch(/must have a selection of subfields\. Did you mean/);
  expect(untold?.errors?.[0]?.message).toMatch(/must have a selection of subfields\.$/);
});
