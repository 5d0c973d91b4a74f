import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PortTakenError } from '../../src/http/errors.ts';
import { GRAPHIQL_TABS } from '../../src/http/graphiql-tabs.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('health', () => {
  test('a server that runs is live and ready', async () => {
    await using server = await startTestServer();
    const live = await fetch(`${server.url}/health/live`);
    expect([live.status, await live.json()]).toEqual([200, { status: 'live' }]);
    const ready = await fetch(`${server.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', reasons: [] }]);
    expect(ready.headers.get('cache-control')).toBe('no-store');
  });

  test('a server that is about to stop is live, but not ready', async () => {
    await using server = await startTestServer();
    server.http.setReady(false);
    const ready = await fetch(`${server.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'unready', reasons: ['stopping'] }]);
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  });

  test('a server without its database is not ready', async () => {
    await using server = await startTestServer({ http: { pingDatabase: async () => false } });
    const ready = await fetch(`${server.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'unready', reasons: ['database'] }]);
  });
});

describe('GraphiQL', () => {
  test('it can be turned off', async () => {
    await using server = await startTestServer({ http: { graphiqlDir: undefined } });
    const response = await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(response.status).toBe(406);
  });

  test('its tabs are valid, and the one that creates can be run as it is', async () => {
    await using server = await startTestServer();
    const { data } = await server.queryText(getIntrospectionQuery());
    const schema = buildClientSchema(data as unknown as IntrospectionQuery);
    for (const tab of GRAPHIQL_TABS) {
      expect(validate(schema, parse(tab))).toEqual([]);
    }
    const created = await server.queryText(String(GRAPHIQL_TABS[0]));
    expect(created.data).toMatchObject({ createBatch: { batch: { status: 'QUEUED', totalProjects: 1 } } });
  });
});

describe('requests', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each(['with', 'without'])('a body that is too large is refused, %s a length', async (kind) => {
    await using small = await startTestServer({ limits: { maxBodyBytes: 1_000 } });
    const body = JSON.stringify({ query: '{ __typename }', variables: { x: 'x'.repeat(100_000) } });
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      headers: JSON_TYPE,
      body: kind === 'with' ? body : new Blob([body]).stream(),
      duplex: 'half',
    };
    const response = await fetch(`${small.url}/graphql`, init);
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({
      errors: [
        {
          message: 'The body of a request may have at most 1000 bytes.',
          extensions: { code: 'PAYLOAD_TOO_LARGE' },
        },
      ],
    });
    expect((await server.queryText('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });

  test('each gets an id, its own where it is fit for a log, and one line', async () => {
    const own = await server.queryText('query Named { __typename }', { 'x-request-id': 'mine-1' });
    expect(own.response.headers.get('x-request-id')).toBe('mine-1');
    const line = await server.logged(({ requestId }) => requestId === 'mine-1');
    expect(line).toMatchObject({
      msg: 'request',
      method: 'POST',
      path: '/graphql',
      operation: 'query Named',
      status: 200,
      durationMs: expect.any(Number),
    });
    const forged = await server.queryText('{ __typename }', { 'x-request-id': 'forged "line"' });
    expect(forged.response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(server.log.filter(({ requestId }) => requestId === 'mine-1')).toHaveLength(1);
  });

  test('all that is not there is not found', async () => {
    for (const path of [
      '/graphql/',
      '/graphql/x',
      '/health',
      '/health/',
      '/graphiql',
      '/nothing.js',
      '/assets/x',
      '//x.js',
    ]) {
      const response = await fetch(server.url + path);
      expect([path, response.status, await response.json()]).toEqual([path, 404, { error: 'not found' }]);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  test('a client that goes away while it sends is no error of the server', async () => {
    const head = `POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-Request-Id: gone-1\r\n`;
    const socket = connect(server.http.port, '127.0.0.1');
    socket.end(`${head}Content-Length: 1000\r\n\r\n{"query":`, () => socket.destroy());
    const line = await server.logged(({ requestId }) => requestId === 'gone-1');
    expect(line).toMatchObject({ msg: 'request', aborted: true });
    expect(server.log.filter(({ level }) => level === 50)).toEqual([]);
  });

  test('several operations in one body are refused', async () => {
    const body = JSON.stringify([{ query: '{ __typename }' }, { query: '{ __typename }' }]);
    const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers: JSON_TYPE, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });

  test.each(['', '{', 'null', '"text"', '{"query": 1}', '{}'])('a body of %j is refused', async (body) => {
    const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers: JSON_TYPE, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ message: expect.any(String) }] });
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'what any web page can send is not taken: %s',
    async (type) => {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: JSON.stringify({ query: '{ __typename }' }),
      });
      expect(response.status).toBe(415);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }] });
    },
  );

  test('other sites get no leave to read', async () => {
    const { response } = await server.queryText('{ __typename }', { origin: 'https://elsewhere.example' });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a query may come in the address, a mutation may not', async () => {
    const ask = (query: string) => fetch(`${server.url}/graphql?${new URLSearchParams({ query })}`);
    expect(await (await ask('{ __typename }')).json()).toEqual({ data: { __typename: 'Query' } });
    const mutation = 'mutation { pauseBatch(input: { batchId: "x" }) { __typename } }';
    expect((await ask(mutation)).status).toBe(405);
  });

  test('a document that is too long to be looked at is refused', async () => {
    const { errors } = await server.queryText(`{ ${'__typename '.repeat(100_001)} }`);
    expect(errors?.[0]?.message).toMatch(/token/i);
  });
});

describe('a port', () => {
  test('that another holds is named', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const started = startTestServer({ http: { port } });
    await expect(started).rejects.toThrow(PortTakenError);
    await expect(started).rejects.toThrow(`127.0.0.1:${port} is taken by another process`);
    other.close();
  });

  test('on a host that is not here is one line', async () => {
    const started = startTestServer({ http: { host: '203.0.113.1' } });
    await expect(started).rejects.toThrow("Can't listen on 203.0.113.1:0: EADDRNOTAVAIL");
  });
});
