import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { createClient } from 'graphql-ws';
import { ConnectionError, codeOf, RequestError } from './failures.ts';

/** Where the API is, and until when this client wants something from it. */
export interface Service {
  /** Address of the GraphQL endpoint, http: or https:. */
  readonly url: string;
  /** Ends whatever is under way once it aborts: that then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const ANSWER_TIMEOUT_MS = 60_000;
/** A connection over which nothing has come back for PING_MS + PONG_MS is dead, whatever the socket says. */
const PING_MS = 10_000;
const PONG_MS = 5_000;
/** extensions.code of the server while its database is away. */
const SERVICE_UNAVAILABLE = 'SERVICE_UNAVAILABLE';
/** HTTP statuses of proxies whose service is away. */
const GATEWAY_STATUSES = [502, 503, 504];
/** No request can have gone out. */
const NOT_CONNECTED = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
];

interface Answer<Result> {
  data?: Result | null | undefined;
  errors?: readonly { message: string; extensions?: { code?: unknown } | undefined }[] | undefined;
}

/** Runs a query or a mutation. Throws RequestError or ConnectionError. */
export async function request<Result, Variables>(
  { url, signal }: Service,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const response = await send(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query: print(document), variables }),
    signal,
  });
  const type = response.headers.get('content-type') ?? 'no content type';
  if (!/^application\/(\S+\+)?json\b/.test(type)) {
    throw new ConnectionError(
      GATEWAY_STATUSES.includes(response.status)
        ? `The service behind ${url} is away (${response.status}): try again in a moment`
        : `${url} is no Showrunner API (it answered ${response.status}, ${type}): name the right address with --url`,
      { reached: GATEWAY_STATUSES.includes(response.status) },
    );
  }
  return dataOf(JSON.parse(response.body) as Answer<Result>, url);
}

interface Post {
  method: 'POST';
  headers: Record<string, string>;
  body: string;
  signal: AbortSignal | undefined;
}

async function send(url: string, { signal, ...post }: Post) {
  const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  try {
    const ended = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    const { status, headers, ...response } = await readAll(fetch(url, { ...post, signal: ended }));
    return { status, headers, body: response.body };
  } catch (error) {
    signal?.throwIfAborted();
    throw connectionError(url, error);
  }
}

async function readAll(answer: Promise<Response>) {
  const response = await answer;
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/** Says what is wrong with a connection on which fetch() has failed. */
export function connectionError(url: string, error: unknown): ConnectionError {
  const cause = error instanceof Error ? error.cause : undefined;
  // Several addresses of one host come as one error around theirs.
  const code = cause instanceof AggregateError ? codeOf(cause.errors[0]) : codeOf(cause);
  const message = cause instanceof Error ? cause.message : String(error);
  if (code === undefined ? message === 'bad port' : NOT_CONNECTED.includes(code)) {
    return new ConnectionError(
      `No service answers at ${url} (${code ?? message}): start it with npm start, or name another with --url`,
      { reached: false, cause: error },
    );
  }
  return new ConnectionError(`The connection to ${url} broke (${code ?? message}): run the command again`, {
    reached: true,
    cause: error,
  });
}

/**
 * Runs a subscription over WebSocket until it completes. Throws RequestError, or ConnectionError
 * when the connection breaks; it does not reconnect, as the caller knows best where to go on.
 */
export async function* subscribe<Result extends object, Variables extends Record<string, unknown>>(
  { url, signal }: Service,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): AsyncGenerator<Result, void> {
  let reached = false;
  let pongDue: NodeJS.Timeout | undefined;
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    retryAttempts: 0,
    onNonLazyError: () => {},
    connectionAckWaitTimeout: PING_MS + PONG_MS,
    keepAlive: PING_MS,
    on: {
      connected: () => {
        reached = true;
      },
      // A network that went away closes no socket.
      ping: (received) => {
        if (!received) {
          pongDue = setTimeout(() => client.terminate(), PONG_MS);
        }
      },
      pong: () => clearTimeout(pongDue),
      // After some closings it would connect and subscribe again, from a place that is long past.
      closed: () => void client.dispose(),
    },
  });
  const stop = () => client.terminate();
  signal?.addEventListener('abort', stop);
  try {
    signal?.throwIfAborted();
    for await (const answer of client.iterate<Result>({ query: print(document), variables })) {
      yield dataOf(answer, url);
    }
    signal?.throwIfAborted();
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof RequestError || error instanceof ConnectionError) {
      throw error;
    }
    // The errors that answered the operation itself; otherwise whatever ended the connection.
    throw Array.isArray(error)
      ? failureOf(error, url)
      : new ConnectionError(
          reached
            ? `The connection to ${url} broke: run the command again`
            : `No WebSocket can be opened at ${url}: a proxy in between has to let them through`,
          { reached, cause: error },
        );
  } finally {
    clearTimeout(pongDue);
    signal?.removeEventListener('abort', stop);
    await client.dispose();
  }
}

function dataOf<Result>({ data, errors }: Answer<Result>, url: string): Result {
  if (errors?.[0] !== undefined) {
    throw failureOf(errors, url);
  }
  if (data == null) {
    throw new ConnectionError(`${url} is no GraphQL API: name the right address with --url`, { reached: false });
  }
  return data;
}

function failureOf(errors: NonNullable<Answer<unknown>['errors']>, url: string): RequestError | ConnectionError {
  const code = errors[0]?.extensions?.code;
  const message = errors.map((error) => error.message).join('; ');
  if (code === SERVICE_UNAVAILABLE) {
    return new ConnectionError(`The service at ${url} can't work for the moment: try again soon`, { reached: true });
  }
  return new RequestError(message, typeof code === 'string' ? code : undefined);
}
