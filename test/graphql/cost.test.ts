import { type DocumentNode, execute, getIntrospectionQuery, getOperationAST, Kind, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import * as cliDocuments from '../../src/generated/cli-gql/graphql.ts';
import * as dashboardDocuments from '../../src/generated/dashboard-gql/graphql.ts';
import { checkCost, costOf } from '../../src/graphql/cost.ts';
import { checkDocument, checkOperation, schema } from '../../src/graphql/index.ts';
import { LIMITS } from '../helpers/server.ts';
import { inputOf } from './scene.ts';

function cost(query: string, variableValues: Record<string, unknown> = {}, limits = LIMITS): number {
  return costOf({ schema, document: parse(query), variableValues }, limits);
}

test.each([
  ['a field', '{ viewer { role } }', 2],
  ['a statement', '{ batch(id: "a") { id name } }', 12],
  ['a page, for each of its rows', '{ batches(first: 7) { nodes { id name } } }', 20 + 7 * 3],
  ['a page from the end', '{ batches(last: 7) { edges { cursor node { id } } } }', 20 + 7 * 4],
  ['a page whose size is not given', '{ batches { nodes { id } } }', 20 + 20 * 2],
  ['a page whose size is null', '{ batches(first: null) { nodes { id } } }', 20 + 20 * 2],
  [
    'no rows, and what comes once',
    '{ batches(first: 0) { totalCount pageInfo { hasNextPage endCursor } nodes { id } } }',
    20,
  ],
  ['what comes once with a page', '{ batches(first: 100) { totalCount pageInfo { hasNextPage endCursor } } }', 20],
  [
    'pages in pages',
    '{ batches(first: 3) { nodes { projects(first: 5) { nodes { id } } } } }',
    20 + 3 * (1 + 20 + 5 * 2),
  ],
  [
    'rows that are skipped',
    '{ batch(id: "a") { projects(first: 1, offset: 5000) { nodes { id } } } }',
    10 + 20 + 50 + 2,
  ],
  [
    'more rows to skip than there can be',
    '{ batch(id: "a") { projects(first: 1, offset: 2147483647) { nodes { id } } } }',
    10 + 20 + 100 + 2,
  ],
  [
    'a negative number of rows to skip',
    '{ batch(id: "a") { projects(first: 1, offset: -5) { nodes { id } } } }',
    10 + 20 + 2,
  ],
  ['a search', '{ batches(first: 1, search: "a") { nodes { id } } }', 520 + 2],
  ['a search for nothing', '{ batches(first: 1, search: "") { nodes { id } } }', 20 + 2],
  [
    'an event with its project',
    '{ project(id: "a") { events(first: 2) { nodes { change { project { batch { id } } } } } } }',
    10 + 20 + 2 * (1 + 1 + 1 + 2 + 1),
  ],
  ['nodes, for each of their ids', '{ nodes(ids: ["a", "b", "c"]) { id } }', 10 + 3],
  ['one node', '{ node(id: "a") { id } }', 11],
  ['the texts of projects', '{ batch(id: "a") { projects(first: 100) { nodes { content } } } }', 10 + 20 + 100 * 11],
  [
    'the stages of a batch',
    '{ batch(id: "a") { stages { stage meanDurationMs } estimatedRemainingMs } }',
    10 + 300 + 5 * 2 + 300,
  ],
  [
    'completions, for each moment',
    '{ batch(id: "a") { completions(buckets: 30) { at completed } } }',
    10 + 300 + 30 * 2,
  ],
  ['completions where their number is not given', '{ batch(id: "a") { completions { at } } }', 10 + 300 + 60],
  ['more moments than there may be', '{ batch(id: "a") { completions(buckets: 2147483647) { at } } }', 10 + 300 + 200],
  [
    'the changes of an event',
    'subscription { batchProgress(batchId: "a") { changes { to project { id } } progressed { id } } }',
    10 + 1 + 100 * 3 + 1 + 100,
  ],
  ['batches as they change', 'subscription { batchUpdated { id status } }', 12],
  [
    'control of a batch',
    'mutation { pauseBatch(input: { batchId: "a" }) { ... on PauseBatchSuccess { batch { id } } } }',
    102,
  ],
  [
    'projects that are retried',
    'mutation { retryBatch(input: { batchId: "a", projectIds: ["a", "b"] }) { __typename } }',
    101.2,
  ],
  ['what is asked for twice', '{ a: batch(id: "a") { id } b: batch(id: "b") { id } }', 22],
  [
    'fragments, as often as they are spread',
    '{ a: batch(id: "a") { ...F } ... { b: batch(id: "b") { ...F } } } fragment F on Batch { id name }',
    24,
  ],
  ['what is skipped, too', '{ batch(id: "a") @skip(if: true) { id } }', 11],
])('costs: %s', (_what, query, expected) => {
  expect(cost(query)).toBeCloseTo(expected, 6);
});

test('a size comes from the variables as well, or from their defaults', () => {
  const query = 'query ($first: Int = 3, $last: Int) { batches(first: $first, last: $last) { nodes { id } } }';
  expect(cost(query)).toBe(20 + 3 * 2);
  expect(cost(query, { first: 50 })).toBe(20 + 50 * 2);
  expect(cost(query, { first: null, last: 40 })).toBe(20 + 40 * 2);
  expect(cost(query, { first: null })).toBe(20 + 20 * 2);
  const ids = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
  expect(cost(ids, { ids: Array(500).fill('a') })).toBe(10 + 500);
});

test('a page that will be refused costs as much as the longest', () => {
  for (const size of [101, 2_147_483_647, -1, -2_147_483_648]) {
    for (const argument of ['first', 'last']) {
      expect(cost(`{ batches(${argument}: ${size}) { nodes { id } } }`)).toBe(20 + 100 * 2);
    }
  }
  const wider = { ...LIMITS, maxPageSize: 1_000 };
  expect(cost('{ batches(first: 999) { nodes { id } } }', {}, wider)).toBe(20 + 999 * 2);
  expect(cost('{ batches(first: 1001) { nodes { id } } }', {}, wider)).toBe(20 + 1_000 * 2);
});

test('a batch that is as large as may be can be made with the usual limits, and not many at once', () => {
  const create = (limits: typeof LIMITS, times: number) => {
    const aliases = Array.from({ length: times }, (_, at) => `a${at}: createBatch(input: $input) { __typename }`);
    const document = parse(`mutation ($input: CreateBatchInput!) { ${aliases.join(' ')} }`);
    const variableValues = { input: inputOf(limits.maxProjects) };
    return () => checkCost({ schema, document, variableValues }, limits);
  };
  expect(create(LIMITS, 1)).not.toThrow();
  expect(create(LIMITS, 50)).toThrow(/costs 55050; at most 20000/);
  expect(create({ ...LIMITS, maxProjects: 100_000 }, 1)).not.toThrow();
});

test('what is no number is too much', () => {
  const document = parse('{ __typename }');
  expect(() => checkCost({ schema, document }, { ...LIMITS, maxCost: Number.NaN })).toThrow(/costs 1; at most NaN/);
});

describe('the operation of a document that is asked for', () => {
  const document = parse(
    'query A { batch(id: "a") { id } } query B { batch(id: "a") { ...F } } fragment F on Batch { id name }',
  );

  test('is the one that costs', () => {
    expect(costOf({ schema, document, operationName: 'A' }, LIMITS)).toBe(11);
    expect(costOf({ schema, document, operationName: 'B' }, LIMITS)).toBe(12);
  });

  test('costs nothing where there is none', () => {
    expect(costOf({ schema, document, operationName: 'C' }, LIMITS)).toBe(0);
    expect(costOf({ schema, document }, LIMITS)).toBe(0);
  });
});

describe('questions for the schema', () => {
  /** Everything in an answer that is a value. */
  function valuesIn(answer: unknown): number {
    if (typeof answer !== 'object' || answer === null) {
      return 0;
    }
    return Object.values(answer).reduce((sum: number, value) => sum + 1 + valuesIn(value), 0);
  }

  test.each([
    getIntrospectionQuery(),
    getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true, specifiedByUrl: true, schemaDescription: true }),
    '{ __schema { types { name fields { name args { name type { name } } } } directives { name args { name } } } }',
    '{ __schema { types { fields { type { ofType { fields { name type { name } } } } } } } }',
    '{ __schema { types { possibleTypes { name interfaces { name } } enumValues { name } inputFields { name } } } }',
    '{ __type(name: "Batch") { fields { name args { name type { name ofType { name } } } type { ofType { fields { name } } } } } }',
    '{ ...A } fragment A on Query { __schema { ...B } } fragment B on __Schema { types { ... on __Type { fields { name } } } }',
  ])('cost about a tenth for each value, and no less: %.60s', async (query) => {
    const document = parse(query);
    const values = valuesIn((await execute({ schema, document })).data);
    const asked = cost(query);
    expect(values).toBeGreaterThan(50);
    expect(asked).toBeGreaterThan(values / 20);
    expect(asked).toBeLessThan(LIMITS.maxCost / 2);
  });

  test('cost as much as they ask for, whatever else is asked', () => {
    const types = '__schema { types { fields { args { name } } } }';
    const one = cost(`{ ${types} }`) - 1;
    expect(cost(`{ a: ${types} b: ${types} batch(id: "a") { id } }`)).toBeCloseTo(2 * one + 2 + 11, 6);
  });
});

describe('what the own clients send', () => {
  /** The largest values that they send. */
  const LARGEST: Record<string, unknown> = {
    first: 100,
    offset: 9_900,
    buckets: 200,
    search: 'a',
    batchId: 'batch_1',
    projectId: 'project_1',
    projectIds: Array(10_000).fill('project_1'),
    input: inputOf(10_000),
  };

  test.each([
    ['the dashboard', dashboardDocuments],
    ['the terminal client', cliDocuments],
  ])('keeps to all limits by far, at its largest: %s', (_client, documents) => {
    const sent = Object.values(documents).filter(isOperation);
    expect(sent.length).toBeGreaterThan(8);
    for (const document of sent) {
      const { variableDefinitions = [], name } = getOperationAST(document) ?? {};
      const names = variableDefinitions.map(({ variable }) => variable.name.value);
      const variableValues = Object.fromEntries(Object.entries(LARGEST).filter(([each]) => names.includes(each)));
      // Apollo takes this out.
      const rest = checkDocument(schema, document, LIMITS).filter(({ message }) => !message.includes('@nonreactive'));
      const operation = { schema, document, variableValues };
      expect({ name, rest, errors: checkOperation(operation, LIMITS) }).toEqual({ name, rest: [], errors: [] });
      expect(costOf(operation, LIMITS)).toBeLessThan(LIMITS.maxCost / 4);
    }
  });

  function isOperation(exported: unknown): exported is DocumentNode {
    return isDocument(exported) && getOperationAST(exported) != null;
  }

  function isDocument(exported: unknown): exported is DocumentNode {
    return typeof exported === 'object' && exported !== null && 'kind' in exported && exported.kind === Kind.DOCUMENT;
  }
});
