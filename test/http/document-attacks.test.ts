import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openConnection } from '../conformance/raw-socket.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { askOver, codeOf, type Params, repeat } from './ask-over.ts';

const TRANSPORTS = ['POST', 'WebSocket', 'SSE'] as const;
const MIB = 1024 * 1024;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Fragments F0 to F<count>, each with the next one in it, in this many places. */
function chain(count: number, spreads: number): string {
  const spread = (at: number) => `...F${at} `.repeat(spreads);
  const links = Array.from({ length: count }, (_, at) => `fragment F${at} on Query { ${spread(at + 1)} }`);
  return `{ ${spread(0)} } ${links.join(' ')} fragment F${count} on Query { __typename }`;
}

/** An object with so many fields. */
function numbered(fields: number, value: unknown = 1): Record<string, unknown> {
  return Object.fromEntries(Array.from({ length: fields }, (_, at) => [`a${at}`, value]));
}

/** Selections of `batch { projects { nodes { ... } } }`, one inside the other. */
function nested(levels: number): string {
  return `{ batches { nodes { ${'projects { nodes { batch { '.repeat(levels)} id ${'} } }'.repeat(levels)} } } }`;
}

const FIELDS_OF_FIELDS = 'types { fields { type { ofType { fields { name args { name } } } } } }';

const list = (at: string) => `${at}: batches(first: 100) { nodes { id name status } }`;

const documents: [name: string, query: string, code: string][] = [
  ['10,000 aliases', `{ ${repeat(10_000, 'a#: __typename')} }`, 'ALIAS_LIMIT_EXCEEDED'],
  [
    '400 aliases of nested lists',
    `{ ${repeat(400, 'a#: batches { nodes { projects { nodes { id } } } }')} }`,
    'ALIAS_LIMIT_EXCEEDED',
  ],
  ['as many aliases of long lists as there may be', `{ ${repeat(50, list('a#'))} }`, 'COST_LIMIT_EXCEEDED'],
  [
    'long lists in long lists',
    '{ batches(first: 100) { nodes { projects(first: 100) { nodes { events(first: 100) { nodes { at } } } } } } }',
    'COST_LIMIT_EXCEEDED',
  ],
  [
    'lists that will be refused, in long lists',
    '{ batches(first: 100) { nodes { projects(first: -1) { nodes { id name } } } } }',
    'COST_LIMIT_EXCEEDED',
  ],
  ['all measures of many batches', '{ batches(first: 100) { nodes { estimatedRemainingMs } } }', 'COST_LIMIT_EXCEEDED'],
  [
    '10,000 aliases in a fragment that nobody spreads',
    `{ __typename } fragment A on Query { ${repeat(10_000, 'a#: __typename')} }`,
    'ALIAS_LIMIT_EXCEEDED',
  ],
  ['10,000 directives', `{ __typename ${'@include(if: true) '.repeat(10_000)} }`, 'DIRECTIVE_LIMIT_EXCEEDED'],
  ['10,000 directives that there are not', `query ${repeat(10_000, '@d#')} { __typename }`, 'DIRECTIVE_LIMIT_EXCEEDED'],
  ['directives on variables', `query ($a: Int ${repeat(60, '@d#')}) { __typename }`, 'DIRECTIVE_LIMIT_EXCEEDED'],
  ['a fragment in itself', '{ ...A } fragment A on Query { ...A }', 'GRAPHQL_VALIDATION_FAILED'],
  [
    'fragments in a circle',
    '{ ...A } fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { ...A }',
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'fragments in a circle of fields',
    '{ batches { nodes { ...A } } } fragment A on Batch { projects { nodes { batch { ...A } } } }',
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a circle of 2,000 fragments',
    `{ ...F0 } ${Array.from({ length: 2_000 }, (_, at) => `fragment F${at} on Query { ...F${(at + 1) % 2_000} }`).join(' ')}`,
    'FIELD_LIMIT_EXCEEDED',
  ],
  ['fragments that double 5,000 times', chain(5_000, 2), 'FIELD_LIMIT_EXCEEDED'],
  ['a chain of 9,000 fragments', chain(9_000, 1), 'FIELD_LIMIT_EXCEEDED'],
  [
    '1,000 operations with a chain of fragments each',
    `${repeat(1_000, 'query Q# { ...F0 }')} ${chain(5_000, 1).replace(/^\{.*?\}/, '')} query A { __typename }`,
    'FIELD_LIMIT_EXCEEDED',
  ],
  ['fields in fields', nested(4), 'DEPTH_LIMIT_EXCEEDED'],
  ['fields in fields, hundreds', nested(300), 'DEPTH_LIMIT_EXCEEDED'],
  [
    'fields in fields beyond what can be read',
    `${'{ a '.repeat(30_000)}${'} '.repeat(30_000)}`,
    'DEPTH_LIMIT_EXCEEDED',
  ],
  [
    'lists in lists in an argument',
    `{ nodes(ids: ${'['.repeat(40_000)}${']'.repeat(40_000)}) { id } }`,
    'DEPTH_LIMIT_EXCEEDED',
  ],
  [
    'lists in lists in a type',
    `query ($a: ${'['.repeat(40_000)}Int${']'.repeat(40_000)}) { __typename }`,
    'DEPTH_LIMIT_EXCEEDED',
  ],
  [
    'objects in objects',
    `mutation { createBatch(input: ${'{ name: '.repeat(20_000)}1${' }'.repeat(20_000)}) { __typename } }`,
    'DEPTH_LIMIT_EXCEEDED',
  ],
  ['the same field 10,000 times', `{ ${'__typename '.repeat(10_000)} }`, 'FIELD_LIMIT_EXCEEDED'],
  ['the same field 1,000 times', `{ ${'__typename '.repeat(1_000)} }`, 'FIELD_LIMIT_EXCEEDED'],
  [
    'the same list 400 times',
    `{ batches { nodes { ${'projects { nodes { id } } '.repeat(400)} } } }`,
    'FIELD_LIMIT_EXCEEDED',
  ],
  [
    'the same field in 500 fragments',
    `{ ${repeat(500, '...F#')} } ${repeat(500, 'fragment F# on Query { __typename }')}`,
    'FIELD_LIMIT_EXCEEDED',
  ],
  ['the schema 50 times', `{ ${repeat(50, `a#: __schema { ${FIELDS_OF_FIELDS} }`)} }`, 'COST_LIMIT_EXCEEDED'],
  [
    'types of fields of types of fields',
    `{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }`,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a type inside a type, 1,500 times',
    `{ __type(name: "Batch") { ${'ofType { '.repeat(1_500)} name ${'} '.repeat(1_500)} } }`,
    'data',
  ],
  ['a name of 5 MiB', `{ ${'a'.repeat(5 * MIB)} }`, 'GRAPHQL_VALIDATION_FAILED'],
  ['10 MiB of [', `{ nodes(ids: ${'['.repeat(10 * MIB)}`, 'DEPTH_LIMIT_EXCEEDED'],
  ['10 MiB of {', '{'.repeat(10 * MIB), 'GRAPHQL_PARSE_FAILED'],
  ['10 MiB of {a', '{a'.repeat(5 * MIB), 'DEPTH_LIMIT_EXCEEDED'],
  ['10 MiB of (', `{ a${'('.repeat(10 * MIB)}`, 'GRAPHQL_PARSE_FAILED'],
  [
    '10 MiB of empty lines before many mistakes',
    `{ ${'\n'.repeat(10 * MIB)} ${repeat(100, 'nothing#')} }`,
    'TOKEN_LIMIT_EXCEEDED',
  ],
  ['10 MiB of comments', `${'#\r'.repeat(5 * MIB)} { __typename }`, 'TOKEN_LIMIT_EXCEEDED'],
  ['10 MiB of commas', `{ ${','.repeat(10 * MIB)} __typename }`, 'data'],
  [
    '200,000 empty lines before many mistakes',
    `{ ${'\n'.repeat(200_000)} ${repeat(100, 'nothing#')} }`,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a text of 10 MiB where there is no place for it',
    `{ batches(first: "${'a'.repeat(10 * MIB)}") { totalCount } }`,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    '20,000 fields that an input does not have',
    `mutation { createBatch(input: { ${repeat(20_000, 'a#: 1')} }) { __typename } }`,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    '20,000 arguments that there are not',
    `{ batches(${repeat(20_000, 'a#: 1')}) { totalCount } }`,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    '20,000 variables that nobody uses',
    `query (${repeat(20_000, '$a#: Int')}) { __typename }`,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['90,000 ids', `{ nodes(ids: [${'1 '.repeat(90_000)}]) { id } }`, 'COST_LIMIT_EXCEEDED'],
  ['more tokens than there may be', `{ nodes(ids: [${'1 '.repeat(100_000)}]) { id } }`, 'TOKEN_LIMIT_EXCEEDED'],
];

const CREATE = 'mutation ($input: CreateBatchInput!) { createBatch(input: $input) { __typename } }';
const STATUS = 'query ($status: [BatchStatus!]) { batches(status: $status) { totalCount } }';
const NODES = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';

const variables: [name: string, params: Params, code: string][] = [
  ['an input with 90,000 fields', { query: CREATE, variables: { input: numbered(90_000) } }, 'BAD_REQUEST'],
  ['an input with 100 fields', { query: CREATE, variables: { input: numbered(100) } }, 'BAD_REQUEST'],
  [
    'an input with 90 fields of 100 KiB',
    { query: CREATE, variables: { input: numbered(90, 'a'.repeat(100 * 1024)) } },
    'BAD_REQUEST',
  ],
  [
    'a field with a name of 5 MiB',
    { query: CREATE, variables: { input: { ['a'.repeat(5 * MIB)]: 1 } } },
    'BAD_REQUEST',
  ],
  ['a status of 5 MiB', { query: STATUS, variables: { status: ['A'.repeat(5 * MIB)] } }, 'BAD_REQUEST'],
  ['90,000 statuses', { query: STATUS, variables: { status: Array(90_000).fill('X') } }, 'BAD_REQUEST'],
  ['90,000 ids', { query: NODES, variables: { ids: Array(90_000).fill('a') } }, 'COST_LIMIT_EXCEEDED'],
  ['90,000 variables that there are not', { query: '{ __typename }', variables: numbered(90_000) }, 'data'],
];

/** What comes back is told in short, with a code, and the server goes on. */
async function expectRefused(params: Params, code: string): Promise<void> {
  for (const transport of TRANSPORTS) {
    const result = await askOver(server, transport, params);
    const codes = new Set((result.errors ?? []).map((error) => codeOf({ errors: [error] })));
    expect({ transport, codes: [...codes] }).toEqual({ transport, codes: code === 'data' ? [] : [code] });
    for (const { message, extensions } of result.errors ?? []) {
      expect(message.length).toBeLessThan(1_100);
      expect(Object.keys(extensions ?? {})).toEqual(['code']);
    }
    expect(JSON.stringify(result.errors ?? []).length).toBeLessThan(50_000);
    expect(await askOver(server, transport, { query: '{ __typename }' })).toEqual({ data: { __typename: 'Query' } });
  }
}

describe('a document that asks too much is refused, and the next is answered', () => {
  test.each(documents)('%s', async (_name, query, code) => {
    const operationName = /query (\w+)/.exec(query)?.[1];
    await expectRefused({ query, ...(operationName && { operationName }) }, code);
  });
});

describe('variables that are too much are refused, and the next are taken', () => {
  test.each(variables)('%s', async (_name, params, code) => expectRefused(params, code));
});

describe('what is told of mistakes is bounded', () => {
  const PLACE = expect.objectContaining({ line: expect.any(Number) });

  test('in a document of the usual size: the first twenty, each with its place, and with what may have been meant', async () => {
    const { errors = [] } = await askOver(server, 'POST', { query: `{ ${repeat(100, 'bache#s')} batchs }` });
    expect(errors).toHaveLength(21);
    expect(errors[0]).toMatchObject({ message: expect.stringContaining('Did you mean'), locations: [PLACE] });
    expect(errors[20]).toMatchObject({ message: expect.stringContaining('Too many validation errors') });
  });

  test('in a large one: the first, without its place, as the whole text would be read again for each', async () => {
    const large = await askOver(server, 'POST', {
      query: `{ ${repeat(100, 'bache#s')} ${' '.repeat(10_000)} batchs }`,
    });
    expect(large.errors).toHaveLength(2);
    expect(large.errors?.[0]).not.toHaveProperty('locations');
    expect(large.errors?.[0]?.message).not.toContain('Did you mean');
  });

  test('in variables: the first twenty, or of large ones the first', async () => {
    const ask = (status: string[]) => askOver(server, 'POST', { query: STATUS, variables: { status } });
    expect((await ask(Array(50).fill('QUEUD'))).errors).toHaveLength(21);
    const large = await ask(Array(50).fill('Q'.repeat(300)));
    expect(large.errors).toHaveLength(2);
    expect(large.errors?.[0]?.message).not.toContain('Did you mean');
  });

  test('an object with far more fields than any input has is not looked at any further', async () => {
    const ask = (fields: number) => askOver(server, 'POST', { query: CREATE, variables: { input: numbered(fields) } });
    expect((await ask(101)).errors).toEqual([
      {
        message: 'An object in the variables has 101 fields; at most 100 are allowed.',
        extensions: { code: 'BAD_REQUEST' },
      },
    ]);
    expect((await ask(100)).errors).toHaveLength(21);
  });
});

describe('numbers and names that trip programs up', () => {
  /** The same text over HTTP and over WebSocket, and what comes back. */
  async function send(json: string): Promise<unknown[]> {
    const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
    const posted = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: json });
    await using socket = await openConnection(server.url);
    socket.send(`{"id":"1","type":"subscribe","payload":${json}}`);
    const { type, payload } = await socket.next();
    return [await posted.json(), type === 'error' ? { errors: payload } : payload];
  }

  const FIRST = 'query ($first: Int) { batches(first: $first) { totalCount } }';
  test.each([
    [STATUS, `{"status":${'['.repeat(5_000_000)}${']'.repeat(5_000_000)}}`, 'PAYLOAD_TOO_LARGE'],
    [STATUS, `{"status":${'['.repeat(90_000)}${']'.repeat(90_000)}}`, 'BAD_REQUEST'],
    [CREATE, `{"input":${'{"name":'.repeat(90_000)}1${'}'.repeat(90_000)}}`, 'BAD_REQUEST'],
    [FIRST, '{"first":1e400}', 'BAD_REQUEST'],
    [FIRST, '{"first":-1e400}', 'BAD_REQUEST'],
    [FIRST, '{"first":1e-400}', 'data'],
    [FIRST, '{"first":1.0}', 'data'],
    [FIRST, '{"first":1.5}', 'BAD_REQUEST'],
    [FIRST, '{"first":9007199254740993}', 'BAD_REQUEST'],
    [FIRST, '{"first":"1"}', 'BAD_REQUEST'],
    [FIRST, '{"first":2147483647}', 'INVALID_INPUT'],
    [FIRST, '{"first":-2147483648}', 'INVALID_INPUT'],
    ['{ batches(first: 1e400) { totalCount } }', '{}', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ batches(first: 99999999999999999999) { totalCount } }', '{}', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ batches(last: 2147483647) { totalCount } }', '{}', 'INVALID_INPUT'],
    [FIRST, '{"__proto__":{"first":1},"constructor":1,"toString":2}', 'data'],
    [
      'query ($__proto__: Int, $constructor: Int) { a: batches(first: $__proto__) { totalCount } b: batches(first: $constructor) { totalCount } }',
      '{"__proto__":1}',
      'data',
    ],
    ['query ($toString: Int!) { batches(first: $toString) { totalCount } }', '{}', 'BAD_REQUEST'],
    ['query ($__proto__: Int!) { batches(first: $__proto__) { totalCount } }', '{}', 'BAD_REQUEST'],
    [CREATE, '{"input":{"name":"A","projects":[],"__proto__":{"polluted":1}}}', 'BAD_REQUEST'],
    [CREATE, '{"input":{"constructor":{"prototype":{"polluted":1}}}}', 'BAD_REQUEST'],
    [CREATE, '{"input":{"__proto__":{"name":"A","projects":[]}}}', 'BAD_REQUEST'],
    [
      'mutation { createBatch(input: { name: "A", projects: [], __proto__: { a: 1 } }) { __typename } }',
      '{}',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['{ ...__proto__ } fragment __proto__ on Query { __typename }', '{}', 'data'],
    ['{ ...constructor } fragment toString on Query { __typename }', '{}', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ __proto__ constructor toString }', '{}', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ __proto__: __typename constructor: __typename }', '{}', 'data'],
    ['{ __typename @constructor @__proto__ }', '{}', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ batches(status: [constructor]) { totalCount } }', '{}', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ __type(name: "__proto__") { name } }', '{}', 'data'],
    ['query __proto__ { __typename } query constructor { __typename }', '{}', 'OPERATION_RESOLUTION_FAILURE'],
  ])('%s with %.80s', async (query, given, code) => {
    const results = await send(`{"query":${JSON.stringify(query)},"variables":${given}}`);
    for (const result of results) {
      const { data, errors = [] } = result as { data?: unknown; errors?: { extensions: { code: string } }[] };
      const codes = new Set(errors.map(({ extensions }) => extensions.code));
      expect({ data, codes: [...codes] }).toEqual({
        data: code === 'data' ? expect.anything() : code === 'INVALID_INPUT' ? null : undefined,
        codes: code === 'data' ? [] : [code],
      });
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test.each(['__proto__', 'constructor', 'toString'])('an operation that is called %s', async (name) => {
    const json = (operationName: string) => JSON.stringify({ query: `query ${name} { __typename }`, operationName });
    expect(await send(json(name))).toEqual([{ data: { __typename: 'Query' } }, { data: { __typename: 'Query' } }]);
    for (const result of await send(json('valueOf'))) {
      expect(result).toMatchObject({ errors: [{ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }] });
    }
  });
});
