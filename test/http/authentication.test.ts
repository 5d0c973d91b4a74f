import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { print } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openAuthenticator } from '../../src/auth/authenticator.ts';
import { createLog } from '../../src/log.ts';
import { makeKey, startIssuer } from '../auth/issuer.ts';
import { CREATE, LIST, WATCH, WATCH_ALL } from '../graphql/documents.ts';
import { inputOf, makeBatch, updateProject } from '../graphql/scene.ts';
import { createTestFolder } from '../helpers/process.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { entriesOf, tokenOf } from '../helpers/tokens.ts';

const alice = tokenOf('alice', 'operator');
const bob = tokenOf('bob', 'operator');
const stranger = tokenOf('mallory', 'admin');

const TYPENAME = JSON.stringify({ query: '{ __typename }' });
const JSON_TYPE = { 'content-type': 'application/json' };

/** How a WebSocket ends that is opened with these: its close code and its reason. */
async function closing(
  server: TestServer,
  { payload, headers = {} }: { payload?: object; headers?: Record<string, string> },
): Promise<[number, string]> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  const [code, reason] = await once(socket, 'close');
  return [code, String(reason)];
}

describe('a service that asks who calls', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ tokens: entriesOf(alice, bob) });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each([
    ['no token', {}, 'Bearer'],
    ['an unknown token', stranger.headers, 'Bearer error="invalid_token"'],
    ['another scheme', { authorization: `Basic ${btoa('alice:secret')}` }, 'Bearer error="invalid_token"'],
    ['an empty token', { authorization: 'Bearer ' }, 'Bearer error="invalid_token"'],
    ['more than a token', { authorization: `${alice.headers.authorization} more` }, 'Bearer error="invalid_token"'],
  ])('answers 401 over HTTP to %s, and tells nothing', async (_what, headers, challenge) => {
    const url = `${server.url}/graphql`;
    const answers = await Promise.all([
      fetch(url, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: TYPENAME }),
      fetch(url, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: '{ no JSON' }),
      fetch(`${url}?query={__schema{queryType{name}}}`, { headers }),
      fetch(url, {
        method: 'POST',
        headers: { ...JSON_TYPE, accept: 'text/event-stream', ...headers },
        body: TYPENAME,
      }),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe(challenge);
      expect(answer.headers.get('set-cookie')).toBeNull();
      expect(await answer.json()).toEqual({
        errors: [{ message: expect.stringMatching(/token/), extensions: { code: 'UNAUTHENTICATED' } }],
      });
    }
  });

  test('answers in the media type of GraphQL to whoever knows it, with the headers of every answer', async () => {
    for (const [accept, type] of [
      ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
      ['application/json', 'application/json; charset=utf-8'],
    ] as const) {
      const answer = await fetch(`${server.url}/graphql?query={__typename}`, { headers: { accept } });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([401, type]);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    }
  });

  test('closes a WebSocket with 4403 that comes without a token or with an unknown one', async () => {
    const payloads = [undefined, {}, { authorization: 7 }, { authorization: stranger.headers.authorization }];
    for (const payload of payloads) {
      expect(await closing(server, payload === undefined ? {} : { payload })).toEqual([
        4403,
        expect.stringMatching(/token/),
      ]);
    }
    expect((await closing(server, { headers: stranger.headers }))[0]).toBe(4403);
    // What the payload says counts, whatever the header says.
    const both = { headers: alice.headers, payload: { authorization: stranger.headers.authorization } };
    expect((await closing(server, both))[0]).toBe(4403);
  });

  test('says why in the language of the caller', async () => {
    const { errors } = await server.queryText('{ __typename }', { 'accept-language': 'zh-TW' });
    expect(errors?.[0]?.message).toMatch(/權杖/);
  });

  test('lets in whoever has a token, over HTTP, SSE and WebSocket', async () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      const { data } = await server.queryText('{ viewer { subject role } }', {
        authorization: `${scheme} ${alice.token}`,
      });
      expect(data).toEqual({ viewer: { subject: 'alice', role: 'OPERATOR' } });
    }
    const query = '{ viewer { subject } }';
    const expected = [{ data: { viewer: { subject: 'alice' } } }];
    const byPayload = server.connect({ connectionParams: { authorization: alice.headers.authorization } });
    expect(await Array.fromAsync(byPayload.iterate({ query }))).toEqual(expected);
    expect(await Array.fromAsync(server.connect({ headers: alice.headers }).iterate({ query }))).toEqual(expected);
    const streamed = server.subscribeSse(WATCH_ALL, {}, alice.headers);
    const first = streamed.next();
    await expect.poll(() => server.feed.subscribers).toBe(1);
    const batch = await makeBatch(server, inputOf(1), alice.headers);
    expect((await first).value).toMatchObject({ data: { batchUpdated: { id: batch.id } } });
    await streamed.return?.();
  });

  test('keeps the pages and the health open to all', async () => {
    for (const path of ['/', '/batches/some', '/health/live', '/health/ready']) {
      expect((await fetch(server.url + path)).status).toBe(200);
    }
    expect((await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html' } })).status).toBe(200);
  });
});

test('tokens are not guessed: an address that tries too many is told to wait', async () => {
  await using server = await startTestServer({
    tokens: entriesOf(alice),
    http: {
      clientLimits: {
        maxConnectionsPerClient: 100,
        maxSubscriptions: 10,
        maxSubscriptionsPerClient: 10,
        maxOperationsPerSocket: 10,
        requestsPerMinute: 5,
      },
    },
  });
  const codes: unknown[] = [];
  for (let at = 0; at < 7; at++) {
    codes.push((await server.queryText('{ __typename }', stranger.headers)).errors?.[0]?.extensions?.['code']);
  }
  expect(codes).toEqual([...Array(5).fill('UNAUTHENTICATED'), 'RATE_LIMITED', 'RATE_LIMITED']);
  // Whoever has a token has a share of their own.
  expect((await server.query(LIST, {}, alice.headers)).errors).toBeUndefined();
});

test('a token that is taken back ends what it has opened, and nothing of others', async () => {
  await using folder = await createTestFolder();
  const file = join(folder.path, 'tokens');
  await writeFile(file, entriesOf(alice, bob));
  await using server = await startTestServer({ tokens: file, http: { tokenCheckMs: 200 } });
  const [ofAlice, ofBob] = [
    await makeBatch(server, inputOf(1), alice.headers),
    await makeBatch(server, inputOf(1), bob.headers),
  ];
  const closed: unknown[] = [];
  const socket = server.connect({
    connectionParams: { authorization: alice.headers.authorization },
    on: { closed: (event) => closed.push(event) },
  });
  const overSocket = socket.iterate({ query: 'subscription { batchUpdated { id } }' });
  const socketEnd = overSocket.next();
  const overSse = server.subscribeSse(WATCH, { id: ofAlice.id }, alice.headers);
  expect((await overSse.next()).value).toMatchObject({ data: { batchProgress: { batch: { id: ofAlice.id } } } });
  const bobs = server.subscribe(WATCH, { id: ofBob.id }, bob.headers);
  expect((await bobs.next()).value).toMatchObject({ data: { batchProgress: { batch: { id: ofBob.id } } } });

  await writeFile(`${file}.new`, entriesOf(bob));
  await rename(`${file}.new`, file);
  expect((await overSse.next()).value).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  expect((await overSse.next()).done).toBe(true);
  await expect(socketEnd).rejects.toMatchObject({ code: 4403 });
  expect(closed).toMatchObject([{ code: 4403, reason: expect.stringMatching(/token/) }]);
  expect((await server.queryText('{ __typename }', alice.headers)).response.status).toBe(401);
  await updateProject(server, String(ofBob.projects[0]?.uuid), { status: 'COMPLETED' });
  expect((await bobs.next()).value).toMatchObject({ data: { batchProgress: { batch: { status: 'COMPLETED' } } } });
  await expect.poll(() => server.feed.subscribers).toBe(0);
});

test('nothing begins to run for a token that is taken back meanwhile: a body came slowly, or a WebSocket was open', async () => {
  await using folder = await createTestFolder();
  const file = join(folder.path, 'tokens');
  await writeFile(file, entriesOf(alice, bob));
  await using server = await startTestServer({ tokens: file, http: { tokenCheckMs: 3_600_000 } });
  const socket = server.connect({ connectionParams: { authorization: alice.headers.authorization }, lazy: false });
  const over = async (query: string) => Array.fromAsync(socket.iterate({ query }));
  expect(await over('{ viewer { subject } }')).toEqual([{ data: { viewer: { subject: 'alice' } } }]);
  const body = JSON.stringify({ query: print(CREATE), variables: { input: inputOf(1) } });
  const slow = httpRequest(`${server.url}/graphql`, { method: 'POST', headers: { ...JSON_TYPE, ...alice.headers } });
  slow.write(body.slice(0, 50));

  await writeFile(file, bob.entry);
  const status = async () => (await server.queryText('{ __typename }', alice.headers)).response.status;
  await expect.poll(status).toBe(401);
  slow.end(body.slice(50));
  const [response] = await once(slow, 'response');
  expect(response.statusCode).toBe(401);
  const refused = [{ message: expect.stringMatching(/token/), extensions: { code: 'UNAUTHENTICATED' } }];
  expect(await json(response)).toMatchObject({ errors: refused });
  expect(await over('{ viewer { subject } }')).toMatchObject([{ errors: refused }]);
  expect(await over('subscription { batchUpdated { id } }')).toMatchObject([{ errors: refused }]);
  expect((await server.query(LIST, {}, bob.headers)).data?.batches.totalCount).toBe(0);
  expect(await server.testDatabase.sql('SELECT id FROM batches')).toEqual([]);
});

test('a token whose role is changed ends what it has opened: it begins anew as what it is now', async () => {
  await using folder = await createTestFolder();
  const file = join(folder.path, 'tokens');
  await writeFile(file, alice.entry);
  await using server = await startTestServer({ tokens: file, http: { tokenCheckMs: 200 } });
  const stream = server.subscribe(WATCH_ALL, {}, alice.headers);
  const end = stream.next();
  await expect.poll(() => server.feed.subscribers).toBe(1);
  await writeFile(file, alice.entry.replace('operator', 'viewer'));
  await expect(end).rejects.toMatchObject({ code: 4403 });
  const { data } = await server.queryText('{ viewer { role } }', alice.headers);
  expect(data).toEqual({ viewer: { role: 'VIEWER' } });
});

describe('tokens of a login service', () => {
  test('let in whom they name, until they expire: then their streams end, too', async () => {
    const key = await makeKey('one');
    await using issuer = await startIssuer(key);
    await using authenticator = await openAuthenticator(
      { tokens: undefined, jwt: issuer.options },
      createLog('silent'),
    );
    await using server = await startTestServer({ http: { authenticator } });
    // The service allows clocks to differ by 5 s.
    const token = await key.sign({ exp: Math.floor(Date.now() / 1_000) - 2 });
    const headers = { authorization: `Bearer ${token}` };
    const batch = await makeBatch(server, inputOf(1), headers);
    const overSse = server.subscribeSse(WATCH, { id: batch.id }, headers);
    expect((await overSse.next()).value).toMatchObject({ data: { batchProgress: { batch: { id: batch.id } } } });
    const overSocket = server.subscribe(WATCH_ALL, {}, headers);
    await expect(overSocket.next()).rejects.toMatchObject({ code: 4403 });
    expect((await overSse.next()).value).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect((await server.queryText('{ __typename }', headers)).response.status).toBe(401);
  });

  test('can not be looked at where its keys are out of reach: callers are asked to come again', async () => {
    const key = await makeKey('one');
    await using issuer = await startIssuer(key);
    issuer.answer = (_request, response) => response.writeHead(500).end();
    await using authenticator = await openAuthenticator(
      { tokens: undefined, jwt: issuer.options },
      createLog('silent'),
    );
    await using server = await startTestServer({ http: { authenticator } });
    const headers = { authorization: `Bearer ${await key.sign()}` };
    const { response, errors } = await server.queryText('{ __typename }', headers);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE', retryable: true } }]);
    expect((await closing(server, { headers }))[0]).toBe(1013);
  });
});
