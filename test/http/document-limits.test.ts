import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openConnection, subscribe } from '../conformance/raw-socket.ts';
import { inputOf, makeBatch } from '../graphql/scene.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { askOver, codeOf, type Params, repeat, type Transport } from './ask-over.ts';

const TRANSPORTS: readonly Transport[] = ['POST', 'GET', 'WebSocket', 'SSE'];

/** Makes a batch by a mutation that keeps to strict limits, and gives its id. */
async function makeSmallBatch(server: TestServer): Promise<string> {
  const create = `mutation ($input: CreateBatchInput!) {
    createBatch(input: $input) { ... on CreateBatchSuccess { batch { id } } }
  }`;
  const { data } = await server.queryText(create, {}, { input: inputOf(1) });
  return String(/batch_[0-9a-f-]+/.exec(JSON.stringify(data)));
}

describe('one below a limit runs, and one above is refused with a code of its own', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      limits: { maxDepth: 5, maxAliases: 3, maxDirectives: 2, maxFields: 20, maxTokens: 100, maxCost: 300 },
    });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const cases: [name: string, below: Params, above: Params, code: string, message: RegExp][] = [
    [
      'depth',
      { query: '{ batches(first: 1) { nodes { projects { nodes { id } } } } }' },
      { query: '{ batches(first: 1) { nodes { projects { nodes { batch { id } } } } } }' },
      'DEPTH_LIMIT_EXCEEDED',
      /6 deep; at most 5/,
    ],
    [
      'depth by way of fragments',
      { query: '{ batches(first: 1) { nodes { ...A } } } fragment A on Batch { projects { nodes { ... { id } } } }' },
      {
        query:
          '{ batches(first: 1) { nodes { ...A } } } fragment B on Project { batch { id } } fragment A on Batch { projects { nodes { ...B } } }',
      },
      'DEPTH_LIMIT_EXCEEDED',
      /6 deep; at most 5/,
    ],
    [
      'aliases',
      { query: `{ ${repeat(3, 'a#: __typename')} }` },
      { query: `{ ${repeat(4, 'a#: __typename')} }` },
      'ALIAS_LIMIT_EXCEEDED',
      /4 aliases; at most 3/,
    ],
    [
      'aliases of fragments, as often as they are spread',
      { query: '{ limits { ...A } ... { limits { ...A } } } fragment A on Limits { a: nameMaxLength }' },
      { query: '{ limits { ...A } ... { limits { ...A } } } fragment A on Limits { a: maxDepth b: maxCost }' },
      'ALIAS_LIMIT_EXCEEDED',
      /4 aliases; at most 3/,
    ],
    [
      'directives, wherever they stand',
      {
        query: 'query ($yes: Boolean!) { ... @include(if: $yes) { __typename @include(if: $yes) } }',
        variables: { yes: true },
      },
      {
        query:
          'query ($yes: Boolean!) { ...A @include(if: $yes) } fragment A on Query { ... @include(if: $yes) { __typename @skip(if: $yes) } }',
        variables: { yes: true },
      },
      'DIRECTIVE_LIMIT_EXCEEDED',
      /3 directives; at most 2/,
    ],
    [
      'fields',
      { query: `{ ${repeat(20, '__typename')} }` },
      { query: `{ ${repeat(21, '__typename')} }` },
      'FIELD_LIMIT_EXCEEDED',
      /21 fields and fragments, .*; at most 20/,
    ],
    [
      'fields of fragments, as often as they are spread',
      { query: `{ ...A ...A ...A } fragment A on Query { ${repeat(5, '__typename')} }` },
      { query: `{ ...A ...A ...A } fragment A on Query { ${repeat(6, '__typename')} }` },
      'FIELD_LIMIT_EXCEEDED',
      /21 fields and fragments, .*; at most 20/,
    ],
    [
      'tokens',
      { query: `query { nodes(ids: [${repeat(87, '"#"')}]) { id } }` },
      { query: `query { nodes(ids: [${repeat(88, '"#"')}]) { id } }` },
      'TOKEN_LIMIT_EXCEEDED',
      /more than 100 tokens/,
    ],
    [
      'cost, by a page size in the document',
      { query: '{ batches(first: 93) { nodes { id name } } }' },
      { query: '{ batches(first: 94) { nodes { id name } } }' },
      'COST_LIMIT_EXCEEDED',
      /costs 302; at most 300/,
    ],
    [
      'cost, by a page size in the variables',
      { query: 'query ($size: Int) { batches(last: $size) { nodes { id name } } }', variables: { size: 93 } },
      { query: 'query ($size: Int) { batches(last: $size) { nodes { id name } } }', variables: { size: 94 } },
      'COST_LIMIT_EXCEEDED',
      /costs 302; at most 300/,
    ],
    [
      'cost, by a page size that a variable has by default',
      { query: 'query ($size: Int = 94) { batches(first: $size) { nodes { id name } } }', variables: { size: 93 } },
      { query: 'query ($size: Int = 94) { batches(first: $size) { nodes { id name } } }' },
      'COST_LIMIT_EXCEEDED',
      /costs 302; at most 300/,
    ],
    [
      'cost of the operation that is asked for, and of no other',
      { query: 'query A { __typename } query B { batches(first: 94) { nodes { id name } } }', operationName: 'A' },
      { query: 'query A { __typename } query B { batches(first: 94) { nodes { id name } } }', operationName: 'B' },
      'COST_LIMIT_EXCEEDED',
      /costs 302; at most 300/,
    ],
  ];

  test.each(cases)('%s', async (_name, below, above, code, message) => {
    for (const transport of TRANSPORTS) {
      const run = await askOver(server, transport, below);
      expect({ transport, code: codeOf(run) }).toEqual({ transport, code: 'data' });
      const { data, errors } = await askOver(server, transport, above);
      expect({ transport, data, errors }).toEqual({
        transport,
        errors: [expect.objectContaining({ message: expect.stringMatching(message), extensions: { code } })],
      });
    }
  });

  test('subscriptions and mutations are held to them, and nothing of them has run', async () => {
    const variables = { id: await makeSmallBatch(server) };
    const watch = 'subscription ($id: ID!) { batchProgress(batchId: $id) { changes { at to from } } }';
    const pause =
      'mutation ($id: ID!) { pauseBatch(input: { batchId: $id }) { ... on PauseBatchSuccess { batch { id completions(buckets: 200) { at } } } } }';
    for (const transport of ['WebSocket', 'SSE'] as const) {
      expect(codeOf(await askOver(server, transport, { query: watch, variables }))).toBe('COST_LIMIT_EXCEEDED');
    }
    for (const transport of ['POST', 'WebSocket', 'SSE'] as const) {
      expect(codeOf(await askOver(server, transport, { query: pause, variables }))).toBe('COST_LIMIT_EXCEEDED');
    }
    const { data } = await server.queryText('query ($id: ID!) { batch(id: $id) { status } }', {}, variables);
    expect(data).toEqual({ batch: { status: 'QUEUED' } });
  });

  test('what is inside a question for the schema is not nested', async () => {
    const query = '{ __type(name: "Batch") { fields { type { ofType { ofType { ofType { ofType { name } } } } } } } }';
    expect(codeOf(await askOver(server, 'POST', { query }))).toBe('data');
    const around = `{ ... { ...A } } fragment A on Query ${query}`;
    expect(codeOf(await askOver(server, 'WebSocket', { query: around }))).toBe('data');
  });

  test('a refusal has status 400 for clients that tell it from the result, and 200 for others', async () => {
    const body = JSON.stringify({ query: `{ ${repeat(4, 'a#: __typename')} }` });
    const statusFor = async (accept: string) => {
      const headers = { accept, 'content-type': 'application/json' };
      return (await fetch(`${server.url}/graphql`, { method: 'POST', headers, body })).status;
    };
    expect(await statusFor('application/graphql-response+json')).toBe(400);
    expect(await statusFor('application/json')).toBe(200);
  });

  test('a refused operation leaves its socket and the others on it alone', async () => {
    const id = await makeSmallBatch(server);
    await using socket = await openConnection(server.url);
    socket.send(subscribe('watch', 'subscription ($id: ID!) { batchProgress(batchId: $id) { reset } }', { id }));
    await socket.next(({ type }) => type === 'next');
    for (const [at, [, , above, code]] of cases.entries()) {
      socket.send({ id: String(at), type: 'subscribe', payload: above });
      const { payload } = await socket.next((message) => message.id === String(at));
      expect(payload).toMatchObject([{ extensions: { code } }]);
    }
    await server.queryText('mutation ($id: ID!) { pauseBatch(input: { batchId: $id }) { __typename } }', {}, { id });
    expect(await socket.next()).toMatchObject({ id: 'watch', type: 'next' });
  });
});

describe('introspection', () => {
  test('is off by option, and __typename stays', async () => {
    await using server = await startTestServer({ limits: { introspection: false } });
    for (const transport of TRANSPORTS) {
      for (const query of [
        '{ __schema { queryType { name } } }',
        '{ __type(name: "Batch") { name } }',
        '{ ...A } fragment A on Query { a: __schema { description } }',
      ]) {
        const { data, errors } = await askOver(server, transport, { query });
        expect(data).toBeUndefined();
        expect(errors).toContainEqual(
          expect.objectContaining({
            message: expect.stringMatching(/introspection/),
            extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
          }),
        );
      }
      const query = '{ __typename batches { __typename } }';
      expect(codeOf(await askOver(server, transport, { query }))).toBe('data');
    }
  });

  test('is on otherwise, in the form in which tools ask', async () => {
    await using server = await startTestServer();
    const query = getIntrospectionQuery({
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    });
    for (const transport of ['POST', 'WebSocket', 'SSE'] as const) {
      expect(codeOf(await askOver(server, transport, { query }))).toBe('data');
    }
  });
});

describe('suggestions', () => {
  const misspelt: Params[] = [
    { query: '{ batchs { totalCount } }' },
    { query: '{ batches(frst: 1) { totalCount } }' },
    { query: '{ batches(status: [QUEUD]) { totalCount } }' },
    { query: '{ ... on Qury { __typename } }' },
    {
      query: 'query ($status: [BatchStatus!]) { batches(status: $status) { totalCount } }',
      variables: { status: ['QUEUD'] },
    },
    {
      query: 'mutation ($input: CreateBatchInput!) { createBatch(input: $input) { __typename } }',
      variables: { input: { name: 'A', projects: [], geminiModl: 'gemini-1.5-pro' } },
    },
  ];

  test.each([
    ['are off by option', false],
    ['are on otherwise', true],
  ])('%s, in documents and in variables', async (_name, suggestions) => {
    await using server = await startTestServer({ limits: { suggestions } });
    for (const transport of ['POST', 'WebSocket', 'SSE'] as const) {
      for (const params of misspelt) {
        const { errors } = await askOver(server, transport, params);
        const messages = (errors ?? []).map(({ message }) => message).join();
        expect(messages).not.toBe('');
        expect({ transport, params, suggests: /did you mean/i.test(messages) }).toEqual({
          transport,
          params,
          suggests: suggestions,
        });
      }
    }
  });
});

test('pages are as long as the limit, and the API tells it with the others', async () => {
  const limits = {
    maxPageSize: 150,
    maxDepth: 9,
    maxCost: 9_999,
    maxAliases: 8,
    maxDirectives: 7,
    maxTokens: 6_000,
    maxFields: 500,
    operationTimeoutMs: 12_000,
  };
  await using server = await startTestServer({ limits });
  const { data } = await server.queryText(`{ limits { ${Object.keys(limits).join(' ')} } }`);
  expect(data).toEqual({ limits });
  for (const list of [
    'batches',
    'a: batch(id: $id) { projects',
    'b: batch(id: $id) { events',
    'c: project(id: $project) { events',
  ]) {
    const {
      id,
      projects: [project],
    } = await makeBatch(server, inputOf(1));
    const ask = (size: number) => {
      const selection = `${list}(first: ${size}) { pageInfo { hasNextPage } }${list.includes('{') ? ' }' : ''}`;
      const declared = `${list.includes('$id') ? '$id: ID!' : ''}${list.includes('$project') ? '$project: ID!' : ''}`;
      return server.queryText(
        `query ${declared && `(${declared})`} { ${selection} }`,
        {},
        { id, project: project?.id },
      );
    };
    expect(codeOf(await ask(150))).toBe('data');
    for (const size of [151, 2_147_483_647, -1]) {
      expect((await ask(size)).errors).toMatchObject([
        {
          message: `first must be between 0 and 150 (current: ${size})`,
          extensions: { code: 'INVALID_INPUT', field: 'first' },
        },
      ]);
    }
  }
});
