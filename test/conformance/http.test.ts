import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inputOf, makeBatch } from '../graphql/scene.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const JSON_TYPE = 'application/json';
const RESPONSE_TYPE = 'application/graphql-response+json';
const SSE_TYPE = 'text/event-stream';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

interface Told {
  status: number;
  type: string | undefined;
  body: unknown;
}

/** What a response says, without the charset of its type; null for a body that is empty. */
async function told(response: Response): Promise<Told> {
  const type = response.headers.get('content-type')?.split(';')[0];
  const text = await response.text();
  const isJson = type === JSON_TYPE || type === RESPONSE_TYPE;
  return { status: response.status, type, body: text === '' ? null : isJson ? JSON.parse(text) : text };
}

function get(params: Record<string, string>, headers: Record<string, string> = {}): Promise<Told> {
  return fetch(`${server.url}/graphql?${new URLSearchParams(params)}`, { headers }).then(told);
}

function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Told> {
  const init = { method: 'POST', headers: { 'content-type': JSON_TYPE, ...headers }, body };
  return fetch(`${server.url}/graphql`, init).then(told);
}

const failure = (code: string) => ({ errors: [{ message: expect.any(String), extensions: { code } }] });

describe('a request that is not well formed is the mistake of the client', () => {
  test.each([JSON_TYPE, RESPONSE_TYPE, '*/*'])('an address without a query, for %s', async (accept) => {
    const type = accept === '*/*' ? JSON_TYPE : accept;
    expect(await get({}, { accept })).toEqual({ status: 400, type, body: failure('BAD_REQUEST') });
  });

  test.each([
    ['variables', '{bad'],
    ['variables', '[1]'],
    ['variables', '"text"'],
    ['variables', '1'],
    ['extensions', '{'],
    ['extensions', '[]'],
  ])('an address with %s=%s', async (name, text) => {
    const answer = await get({ query: '{ __typename }', [name]: text });
    expect(answer).toEqual({ status: 400, type: JSON_TYPE, body: failure('BAD_REQUEST') });
    expect(server.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });

  test('empty and null parameters of an address are none', async () => {
    const params = { query: 'query One { __typename }', operationName: '', variables: 'null', extensions: '' };
    expect(await get(params)).toMatchObject({ status: 200, body: { data: { __typename: 'Query' } } });
  });

  test('bytes that are no UTF-8 are not taken for something else', async () => {
    const body = Uint8Array.from(Buffer.from('{"query":"{ __typename }","variables":{"x":"\xc3("}}', 'latin1'));
    expect(await post(body)).toEqual({ status: 400, type: JSON_TYPE, body: failure('BAD_REQUEST') });
  });

  test('a byte order mark before JSON does no harm', async () => {
    expect(await post('\uFEFF{"query":"{ __typename }"}')).toMatchObject({ status: 200 });
  });

  test.each([
    ['application/json; charset=utf-8', 200],
    ['Application/JSON;Charset="UTF-8"', 200],
    ['application/json; charset=latin1', 415],
    ['application/json; charset=utf-16', 415],
    ['application/jsonx', 415],
  ])('content-type: %s is answered with %d', async (type, status) => {
    expect(await post('{"query":"{ __typename }"}', { 'content-type': type })).toMatchObject({ status });
  });

  test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'])('%s is told what is allowed', async (method) => {
    const response = await fetch(`${server.url}/graphql`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
    expect((await told(response)).body).toEqual(method === 'HEAD' ? null : failure('BAD_REQUEST'));
  });

  test('there is one address, without a slash at its end', async () => {
    const response = await fetch(`${server.url}/graphql/?${new URLSearchParams({ query: '{ __typename }' })}`);
    expect(response.status).toBe(404);
  });
});

describe('an operation that can not be told', () => {
  const document = 'query One { __typename } query Two { __typename }';
  const cases: [string, object][] = [
    ['of several, none named', { query: document }],
    ['of a name that is not there', { query: document, operationName: 'Three' }],
    ['in a document without any', { query: 'fragment Some on Query { __typename }' }],
  ];
  test.each(cases)('%s, is an error with status 200 but where errors have their own', async (_what, params) => {
    const body = failure('OPERATION_RESOLUTION_FAILURE');
    const ask = (accept: string) => post(JSON.stringify(params), { accept });
    expect(await ask(JSON_TYPE)).toEqual({ status: 200, type: JSON_TYPE, body });
    expect(await ask(RESPONSE_TYPE)).toEqual({ status: 400, type: RESPONSE_TYPE, body });
    const streamed = await ask(SSE_TYPE);
    expect(streamed).toMatchObject({ status: 200, type: SSE_TYPE });
    expect(streamed.body).toMatch(/event: next\ndata: .*OPERATION_RESOLUTION_FAILURE.*\n\nevent: complete\n/);
  });
});

describe('the form of the answer', () => {
  test.each([
    ['application/json, application/graphql-response+json', JSON_TYPE],
    ['application/graphql-response+json, application/json;q=0.9', RESPONSE_TYPE],
    ['application/json;q=0.5, application/graphql-response+json', RESPONSE_TYPE],
    ['application/graphql-response+json;q=0.5, application/json', JSON_TYPE],
    ['application/json;q=0, application/graphql-response+json', RESPONSE_TYPE],
    ['APPLICATION/GraphQL-Response+JSON', RESPONSE_TYPE],
    ['application/graphql-response+json; charset=utf-8, application/json; charset=utf-8', RESPONSE_TYPE],
    ['text/html, image/webp, */*;q=0.8', JSON_TYPE],
    ['application/*', JSON_TYPE],
    ['', JSON_TYPE],
    ['application/graphql-response+json, application/graphql+json, application/json, text/event-stream', RESPONSE_TYPE],
  ])('for Accept: %s is %s', async (accept, type) => {
    const status = type === RESPONSE_TYPE ? 400 : 200;
    expect(await post('{"query":"{ nothing }"}', { accept })).toMatchObject({ status, type });
  });

  test.each(['image/png', 'text/html', 'application/json;q=0', 'application/json; charset=latin1', 'json'])(
    'for Accept: %s does not exist: that is told before anything is done',
    async (accept) => {
      const query = 'mutation Create($input: CreateBatchInput!) { createBatch(input: $input) { __typename } }';
      const name = `Not for ${accept}`;
      const body = JSON.stringify({ query, variables: { input: inputOf(1, { name }) } });
      expect(await post(body, { accept })).toEqual({ status: 406, type: JSON_TYPE, body: failure('NOT_ACCEPTABLE') });
      expect(await server.testDatabase.sql('SELECT 1 FROM batches WHERE name = $1', [name])).toEqual([]);
    },
  );

  test.each([
    [JSON_TYPE, JSON_TYPE],
    [RESPONSE_TYPE, RESPONSE_TYPE],
    ['multipart/mixed', JSON_TYPE],
    ['image/png', JSON_TYPE],
  ])('of a subscription can not be %s: nothing of it stays behind', async (accept, type) => {
    const { id } = await makeBatch(server, inputOf(1));
    for (const field of ['batchUpdated { id }', `batchProgress(batchId: "${id}") { cursor }`]) {
      const answer = await post(JSON.stringify({ query: `subscription { ${field} }` }), { accept });
      expect(answer).toEqual({ status: 406, type, body: failure('NOT_ACCEPTABLE') });
      expect(server.feed.subscribers).toBe(0);
    }
  });
});
