import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApolloClient, ApolloLink, type DocumentNode, InMemoryCache, Observable } from '@apollo/client';
import { getOperationAST, Kind, type OperationTypeNode, parse, print, stripIgnoredCharacters, visit } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as cliDocuments from '../../src/generated/cli-gql/graphql.ts';
import * as dashboardDocuments from '../../src/generated/dashboard-gql/graphql.ts';
import { DOCUMENT_LIMITS } from '../../src/graphql/index.ts';
import { loadTrustedDocuments } from '../../src/http/document-manifest.ts';
import { inputOf, makeBatch } from '../graphql/scene.ts';
import { runCli } from '../helpers/cli.ts';
import { createTestFolder, runProcess } from '../helpers/process.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../helpers/server.ts';
import { askOver, codeOf, type Params, type Transport } from './ask-over.ts';

const TRANSPORTS: readonly Transport[] = ['POST', 'GET', 'WebSocket', 'SSE'];

const COUNT = `query CountBatches($first: Int = 0) {
  batches(first: $first) {
    ...Total
    nodes {
      id
    }
  }
}

fragment Total on QueryBatchesConnection {
  totalCount
}`;
const PAUSE = 'mutation Pause($id: ID!) { pauseBatch(input: { batchId: $id }) { __typename } }';
const WATCH = 'subscription Watch($id: ID!) { batchProgress(batchId: $id) { batch { status } } }';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

function withTypenames(text: string): string {
  const name = { kind: Kind.NAME, value: '__typename' } as const;
  return print(
    visit(parse(text), {
      SelectionSet: { leave: (set) => ({ ...set, selections: [...set.selections, { kind: Kind.FIELD, name }] }) },
    }),
  );
}

/** The documents of operations among what a module exports. */
function operationsOf(documents: Record<string, unknown>): DocumentNode[] {
  return Object.values(documents).filter(isOperation);
}

function isOperation(exported: unknown): exported is DocumentNode {
  return isDocument(exported) && getOperationAST(exported) != null;
}

function isDocument(exported: unknown): exported is DocumentNode {
  return typeof exported === 'object' && exported !== null && 'kind' in exported && exported.kind === Kind.DOCUMENT;
}

/** On a server that nothing can pay, these get as far as to miss their variables, or to cost too much. */
async function expectTrusted(server: TestServer, documents: readonly DocumentNode[]): Promise<void> {
  for (const query of documents.map(print)) {
    for (const transport of ['POST', 'WebSocket'] as const) {
      const { errors } = await askOver(server, transport, { query });
      const [first] = errors ?? [];
      expect({ query, code: first?.extensions?.['code'] }).toEqual({
        query,
        code: expect.stringMatching(/^(BAD_REQUEST|COST_LIMIT_EXCEEDED)$/),
      });
    }
  }
}

/** A folder with a manifest in it. Disposing of it removes it. */
async function writeManifest(content: object | string): Promise<AsyncDisposable & { path: string }> {
  const folder = await createTestFolder();
  const path = join(folder.path, 'manifest.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return { path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

/** A server that runs only the documents of a manifest, and those of the own clients. */
async function startTrusting(content: object, limits: TestServerOptions['limits'] = {}): Promise<TestServer> {
  await using manifest = await writeManifest(content);
  const trustedDocuments = await loadTrustedDocuments(manifest.path, DOCUMENT_LIMITS);
  return startTestServer({ http: { trustedDocuments }, limits });
}

describe('a service that runs trusted documents only', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTrusting({ [hashOf(COUNT)]: COUNT, pause: PAUSE, watch: WATCH });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const id = hashOf(COUNT);
  test.each<[string, Params]>([
    ['a persisted query of Apollo', { extensions: { persistedQuery: { version: 1, sha256Hash: id } } }],
    ['documentId', { documentId: id }],
    ['documentId with the name of the hash', { documentId: `sha256:${id}` }],
    ['doc_id', { doc_id: id }],
    ['its text', { query: COUNT }],
    ['its text in another layout', { query: stripIgnoredCharacters(COUNT) }],
    ['its text with __typename everywhere', { query: withTypenames(COUNT) }],
    ['its text with its definitions in another order', { query: COUNT.split('\n\n').reverse().join('\n') }],
    [
      'its text, with an id beside it',
      { query: COUNT, documentId: id, extensions: { persistedQuery: { sha256Hash: 'none' } } },
    ],
  ])('runs one by %s', async (_name, params) => {
    for (const transport of TRANSPORTS) {
      const { data, errors } = await askOver(server, transport, { ...params, variables: { first: 1 } });
      expect({ transport, errors, data }).toEqual({
        transport,
        data: expect.objectContaining({ batches: expect.objectContaining({ totalCount: 0, nodes: [] }) }),
      });
    }
  });

  test.each([
    ['another document', { query: '{ __typename }' }, 'PERSISTED_QUERY_ONLY'],
    [
      'one with another field',
      { query: COUNT.replace('totalCount', 'totalCount edges { cursor }') },
      'PERSISTED_QUERY_ONLY',
    ],
    ['one with an alias', { query: COUNT.replace('totalCount', 'count: totalCount') }, 'PERSISTED_QUERY_ONLY'],
    [
      'one with an aliased __typename',
      { query: COUNT.replace('totalCount', 'totalCount a: __typename') },
      'PERSISTED_QUERY_ONLY',
    ],
    ['one with another default', { query: COUNT.replace('= 0', '= 1') }, 'PERSISTED_QUERY_ONLY'],
    [
      'one with a trusted one in it',
      { query: `${COUNT} query Other { __typename }`, operationName: 'CountBatches' },
      'PERSISTED_QUERY_ONLY',
    ],
    ['a question for the schema', { query: '{ __schema { queryType { name } } }' }, 'PERSISTED_QUERY_ONLY'],
    ['what is no GraphQL', { query: '{ batches(' }, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown id', { documentId: hashOf('else') }, 'PERSISTED_QUERY_NOT_FOUND'],
    [
      'an unknown id of Apollo',
      { extensions: { persistedQuery: { version: 1, sha256Hash: hashOf('else') } } },
      'PERSISTED_QUERY_NOT_FOUND',
    ],
    ['an id like __proto__', { documentId: '__proto__' }, 'PERSISTED_QUERY_NOT_FOUND'],
    ['an id like constructor', { documentId: 'constructor' }, 'PERSISTED_QUERY_NOT_FOUND'],
  ])('does not run %s', async (_name, params: Params, code) => {
    for (const transport of TRANSPORTS) {
      expect({ transport, code: codeOf(await askOver(server, transport, params)) }).toEqual({ transport, code });
    }
  });

  test('runs mutations and subscriptions by their ids, and mutations by GET never', async () => {
    const variables = { id: 'batch_1' };
    for (const transport of ['POST', 'WebSocket', 'SSE'] as const) {
      const { data } = await askOver(server, transport, { documentId: 'pause', variables });
      expect({ transport, data }).toEqual({ transport, data: { pauseBatch: { __typename: 'BatchNotFoundError' } } });
    }
    expect((await fetch(`${server.url}/graphql?documentId=pause&variables={"id":"batch_1"}`)).status).toBe(405);
    for (const transport of ['WebSocket', 'SSE'] as const) {
      expect(codeOf(await askOver(server, transport, { documentId: 'watch', variables }))).toBe('BATCH_NOT_FOUND');
    }
  });

  test('holds them to the limits all the same', async () => {
    for (const transport of TRANSPORTS) {
      const params = { documentId: id, variables: { first: 2 ** 31 } };
      expect(codeOf(await askOver(server, transport, params))).toBe('BAD_REQUEST');
    }
    await using strict = await startTrusting({ count: COUNT }, { maxCost: 100 });
    for (const transport of TRANSPORTS) {
      const params = { documentId: 'count', variables: { first: 100 } };
      expect(codeOf(await askOver(strict, transport, params))).toBe('COST_LIMIT_EXCEEDED');
    }
  });

  test('runs all that the dashboard sends, as Apollo Client sends it', async () => {
    const sent: DocumentNode[] = [];
    const client = new ApolloClient({
      cache: new InMemoryCache(),
      link: new ApolloLink(({ query }) => {
        sent.push(query);
        return new Observable((observer) => observer.complete());
      }),
    });
    const send: Record<OperationTypeNode, (document: DocumentNode) => Promise<unknown>> = {
      query: (query) => client.query({ query, fetchPolicy: 'no-cache' }),
      mutation: (mutation) => client.mutate({ mutation }),
      subscription: (query) =>
        new Promise((done) => client.subscribe({ query }).subscribe({ complete: () => done(0), error: done })),
    };
    for (const document of operationsOf(dashboardDocuments)) {
      // Nothing comes back, which is an error to Apollo.
      await send[getOperationAST(document)?.operation ?? 'query'](document).catch(() => undefined);
    }
    expect(sent.length).toBeGreaterThan(10);
    await using poor = await startTrusting({}, { maxCost: 1 });
    await expectTrusted(poor, sent);
  });

  test('runs all that the terminal client sends', async () => {
    await using poor = await startTrusting({}, { maxCost: 1 });
    await expectTrusted(poor, operationsOf(cliDocuments));
    await using own = await startTrusting({});
    const created = await runCli(['submit', 'examples', '--url', own.url]);
    expect(created).toMatchObject({ code: 0 });
    const listed = await runCli(['list', '--url', own.url]);
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining('queued') });
  });
});

describe('a manifest', () => {
  test.each<[string, object]>([
    ['of Relay', { some: PAUSE, count: COUNT }],
    ['of typed documents', { [`sha256:${hashOf(PAUSE)}`]: PAUSE, count: COUNT }],
    [
      'of Apollo',
      {
        format: 'apollo-persisted-query-manifest',
        version: 1,
        operations: [
          { id: 'some', name: 'Pause', type: 'mutation', body: PAUSE },
          { id: 'count', name: 'CountBatches', type: 'query', body: COUNT },
        ],
      },
    ],
  ])('%s is read', async (_name, content) => {
    await using manifest = await writeManifest(content);
    const trusted = await loadTrustedDocuments(manifest.path, DOCUMENT_LIMITS);
    expect(trusted.textOf('count')).toBe(COUNT);
    expect([trusted.has(parse(PAUSE)), trusted.has(parse('{ __typename }'))]).toEqual([true, false]);
  });

  test.each<[string, object | string, RegExp]>([
    [
      'that is not JSON',
      '{ "a": ',
      /^TRUSTED_DOCUMENTS: expected JSON in \S+manifest\.json, got something else: .*JSON/,
    ],
    [
      'that is a list',
      [COUNT],
      /^TRUSTED_DOCUMENTS: expected texts of documents by their ids \(.*\), or a manifest of Apollo, in \S+, got something else: /,
    ],
    ['with something else than texts', { a: COUNT, b: { body: COUNT } }, /got something else: at b: .*expected string/],
    [
      'of Apollo without its operations',
      { format: 'apollo-persisted-query-manifest' },
      /got something else: at operations: /,
    ],
    [
      'of Apollo without the text of one',
      { format: 'apollo-persisted-query-manifest', operations: [{ id: 'a', body: COUNT }, { id: 'b' }] },
      /got something else: at operations\.1\.body: /,
    ],
    [
      'of Apollo with one id twice',
      {
        format: 'apollo-persisted-query-manifest',
        operations: [
          { id: 'a', body: COUNT },
          { id: 'a', body: PAUSE },
        ],
      },
      /^TRUSTED_DOCUMENTS: expected each id once in \S+, got 'a' again$/,
    ],
    [
      'with a text that is no GraphQL',
      { a: COUNT, b: '{ batches(' },
      /^TRUSTED_DOCUMENTS: expected documents that this service can run in \S+, got 'b': Syntax Error: [^\n]*$/,
    ],
    [
      'with a text that is not of this schema',
      { a: '{ batchs { totalCount } }' },
      /got 'a': Cannot query field "batchs" on type "Query"/,
    ],
    [
      'with a text beyond a limit',
      { a: `{ ${'batches { nodes { projects { nodes { batch { '.repeat(3)} id ${'} } } } } '.repeat(3)} }` },
      /got 'a': The document nests fields 16 deep; at most 12 are allowed/,
    ],
    [
      'with several of these',
      { a: '{ x }', b: COUNT, c: '{ y }' },
      /got 'a': [^\n]*"x"[^\n]*\nTRUSTED_DOCUMENTS: [^\n]*got 'c': [^\n]*"y"/,
    ],
  ])('%s is refused, by the place of the mistake', async (_name, content, message) => {
    await using manifest = await writeManifest(content);
    await expect(loadTrustedDocuments(manifest.path, DOCUMENT_LIMITS)).rejects.toThrow(message);
  });

  test('with many mistakes tells the first ten, and how many more there are', async () => {
    await using manifest = await writeManifest(
      Object.fromEntries(Array.from({ length: 13 }, (_, at) => [`id ${at}`, '{ x }'])),
    );
    const error = await loadTrustedDocuments(manifest.path, DOCUMENT_LIMITS).catch((reason: unknown) => reason);
    const lines = String(error).split('\n');
    expect([lines.length, lines.at(-1)]).toEqual([11, 'TRUSTED_DOCUMENTS: and 3 more']);
  });

  test('that is not there ends the start of the service with one line', async () => {
    await using folder = await createTestFolder();
    const path = join(folder.path, 'nowhere.json');
    await using service = runProcess('main', {
      DATA_DIR: join(folder.path, 'data'),
      PORT: '0',
      TRUSTED_DOCUMENTS: path,
    });
    expect(await service.ended()).toBe(1);
    expect(service.output.stderr).toMatch(
      /^TRUSTED_DOCUMENTS: expected the path of a JSON file, got '\S+nowhere\.json', which can't be read: ENOENT.*\n$/,
    );
  });
});

describe('a service that runs any document', () => {
  test('says that it knows none by an id, and runs a text with an id beside it', async () => {
    await using server = await startTestServer();
    await makeBatch(server, inputOf(1));
    const extensions = { persistedQuery: { version: 1, sha256Hash: hashOf(COUNT) } };
    for (const transport of TRANSPORTS) {
      for (const params of [{ extensions }, { documentId: 'some' }, { doc_id: 'some' }]) {
        expect(codeOf(await askOver(server, transport, params))).toBe('PERSISTED_QUERY_NOT_SUPPORTED');
      }
      const { data } = await askOver(server, transport, { query: COUNT, extensions, documentId: 'some' });
      expect(data).toMatchObject({ batches: { totalCount: 1 } });
    }
  });
});
