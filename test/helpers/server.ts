import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type FormattedExecutionResult, print } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { type Client, type ClientOptions, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { openAuthenticator } from '../../src/auth/authenticator.ts';
import { findProjectOwner } from '../../src/batches/owner.ts';
import { PAGE_MAX } from '../../src/batches/page.ts';
import type { ProjectQueue } from '../../src/batches/queue.ts';
import type { Database } from '../../src/database/database.ts';
import { readSigningKey } from '../../src/database/signing-key.ts';
import { isTimedOut, isUnavailable } from '../../src/database/sqlstate.ts';
import { type Feed, openFeed } from '../../src/feed/feed.ts';
import { DOCUMENT_LIMITS, type Services } from '../../src/graphql/index.ts';
import { CLIENT_LIMITS } from '../../src/http/admission.ts';
import { DASHBOARD_DIR, GRAPHIQL_DIR } from '../../src/http/built.ts';
import { LibraryGrants } from '../../src/http/library-grants.ts';
import { type HttpOptions, type HttpServer, startHttp } from '../../src/http/server.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { type LogLine, watchLog } from './log.ts';

/** One result of a subscription. */
export interface Result<Data> {
  readonly data?: Data | null | undefined;
  readonly errors?:
    | readonly { readonly message: string; readonly extensions?: Record<string, unknown> | undefined }[]
    | undefined;
}

/** What a GraphQL request came back with. */
export interface Answer<Data> extends FormattedExecutionResult<Data> {
  response: Response;
}

/** How a server for tests differs from the usual one. */
export interface TestServerOptions {
  /** A fresh one of the server's own unless given. */
  testDatabase?: TestDatabase;
  /** One that makes no jobs unless given. */
  queue?: (database: Database) => ProjectQueue;
  limits?: Partial<Services['limits']>;
  services?: Partial<Services>;
  /** AUTH_TOKENS: who may come in; everyone unless given. */
  tokens?: string;
  http?: Partial<HttpOptions>;
}

/** A real server on a port of its own. Disposing of it stops it, and drops its database if it made it. */
export interface TestServer extends AsyncDisposable {
  readonly testDatabase: TestDatabase;
  readonly feed: Feed;
  readonly http: HttpServer;
  readonly url: string;
  readonly libraryDir: string;
  readonly log: readonly LogLine[];
  /** The first line of the log for which `test` holds; waits until there is one. */
  logged(test: (line: LogLine) => boolean): Promise<LogLine>;
  /** Runs a query or a mutation over HTTP. */
  query<Data, Variables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    headers?: Record<string, string>,
  ): Promise<Answer<Data>>;
  /** Runs any text as a query over HTTP. */
  queryText(
    query: string,
    headers?: Record<string, string>,
    variables?: Record<string, unknown>,
  ): Promise<Answer<Record<string, unknown>>>;
  /** Runs a subscription over a WebSocket of its own, which ends with it. It is not tried again. */
  subscribe<Data, Variables extends Record<string, unknown>>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    headers?: Record<string, string>,
  ): AsyncIterableIterator<Result<Data>>;
  /** Runs a subscription over SSE. It is not tried again. */
  subscribeSse<Data, Variables extends Record<string, unknown>>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    headers?: Record<string, string>,
  ): AsyncIterableIterator<Result<Data>>;
  /** A WebSocket client, for more than one operation. */
  connect(options?: Partial<ClientOptions> & { headers?: Record<string, string> }): Client;
}

/** A queue for tests in which nothing works off the projects. */
export const idleQueue: ProjectQueue = {
  async enqueue() {},
  async enqueueStarted() {},
  async withdraw() {},
  withdrawSql: () => 'SELECT 1',
};

/** The usual limits. */
export const LIMITS: Services['limits'] = {
  ...DOCUMENT_LIMITS,
  models: ['gemini-1.5-flash', 'gemini-1.5-pro'],
  maxProjects: 10_000,
  maxBodyBytes: 32 * 1024 * 1024,
  maxPageSize: PAGE_MAX,
  operationTimeoutMs: 30_000,
};

/** Starts a server for a test. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  await using stack = new AsyncDisposableStack();
  const testDatabase = options.testDatabase ?? stack.use(await createTestDatabase());
  const { database } = testDatabase;
  const libraryDir = await mkdtemp(join(tmpdir(), 'showrunner_library_'));
  stack.defer(() => rm(libraryDir, { recursive: true }));
  const feed = stack.use(await openFeed({ database }));
  const { log, lines, logged } = watchLog();
  const authenticator = stack.use(await openAuthenticator({ tokens: options.tokens, jwt: undefined }, log));
  const libraryGrants = new LibraryGrants(await readSigningKey(database));
  const http = stack.use(
    await startHttp({
      host: '127.0.0.1',
      port: 0,
      libraryDir,
      libraryGrants,
      findOwner: (projectId) => findProjectOwner(database, projectId),
      dashboardDir: DASHBOARD_DIR,
      graphiqlDir: GRAPHIQL_DIR,
      log,
      authenticator,
      clientLimits: { ...CLIENT_LIMITS, requestsPerMinute: 0 },
      allowedHosts: ['127.0.0.1'],
      allowedOrigins: [],
      isTrustedProxy: () => false,
      pingDatabase: () => database.ping(1_000),
      services: {
        database,
        feed,
        isUnavailable,
        isTimedOut,
        signFileUrl: (url, principal) => (authenticator.isRequired ? libraryGrants.sign(url, principal) : url),
        queue: options.queue?.(database) ?? idleQueue,
        limits: { ...LIMITS, ...options.limits },
        ...options.services,
      },
      ...options.http,
    }),
  );
  const everything = stack.move();
  const endpoint = `${http.url}/graphql`;
  const connect: TestServer['connect'] = ({ headers = {}, ...rest } = {}) =>
    createClient({
      url: endpoint.replace('http', 'ws'),
      webSocketImpl: class extends WebSocket {
        constructor(url: string, protocols: string) {
          super(url, protocols, { headers });
        }
      },
      retryAttempts: 0,
      ...rest,
    });
  const post = async <Data>(body: object, headers: Record<string, string> = {}): Promise<Answer<Data>> => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const result: FormattedExecutionResult<Data> = await response.json();
    return { ...result, response };
  };
  return {
    testDatabase,
    feed,
    http,
    url: http.url,
    libraryDir,
    log: lines,
    logged,
    connect,
    query: (document, variables, headers) => post({ query: print(document), variables }, headers),
    queryText: (query, headers, variables) => post({ query, variables }, headers),
    subscribe<Data, Variables extends Record<string, unknown>>(
      document: TypedDocumentNode<Data, Variables>,
      variables: Variables,
      headers = {},
    ) {
      const client = connect({ headers });
      return client.iterate<Data>({ query: print(document), variables });
    },
    subscribeSse<Data, Variables extends Record<string, unknown>>(
      document: TypedDocumentNode<Data, Variables>,
      variables: Variables,
      headers = {},
    ) {
      const client = createSseClient({ url: endpoint, headers, retryAttempts: 0 });
      return client.iterate<Data>({ query: print(document), variables });
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}
