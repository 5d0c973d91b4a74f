import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { ConnectionError, codeOf, RequestError } from './failures.ts';

/** Where the API is, and until when this client wants something from it. */
export interface Service {
  /** Address of the GraphQL endpoint, http: or https:. */
  readonly url: string;
  /** Ends whatever is under way once it aborts: that then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const ANSWER_TIMEOUT_MS = 60_000;
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

/** What a GraphQL operation comes back with. */
export interface Answer<Result> {
  data?: Result | null | undefined;
  errors?: readonly { message: string; extensions?: { code?: unknown } | undefined }[] | undefined;
}

/** Runs a query or a mutation. Throws RequestError or ConnectionError. */
export async function request<Result, Variables>(
  { url, signal }: Service,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  let response: Response;
  let body: string;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: print(document), variables }),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    body = await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    throw connectionError(url, error);
  }
  const type = response.headers.get('content-type') ?? 'no content type';
  if (/^application\/(\S+\+)?json\b/.test(type)) {
    return dataOf(JSON.parse(body) as Answer<Result>, url);
  }
  const away = GATEWAY_STATUSES.includes(response.status);
  throw new ConnectionError(
    away
      ? `The service behind ${url} is away (${response.status}): try again in a moment`
      : `${url} is no Showrunner API (it answered ${response.status}, ${type}): name the right address with --url`,
    { reached: away },
  );
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

/** The data of an answer. Throws RequestError or ConnectionError where there are errors instead. */
export function dataOf<Result>({ data, errors }: Answer<Result>, url: string): Result {
  if (errors?.[0] !== undefined) {
    throw failureOf(errors, url);
  }
  if (data == null) {
    throw new ConnectionError(`${url} is no GraphQL API: name the right address with --url`, { reached: false });
  }
  return data;
}

/** What to throw for the errors of an operation. */
export function failureOf(errors: NonNullable<Answer<unknown>['errors']>, url: string): RequestError | ConnectionError {
  const code = errors[0]?.extensions?.code;
  const message = errors.map((error) => error.message).join('; ');
  if (code === SERVICE_UNAVAILABLE) {
    return new ConnectionError(`The service at ${url} can't work for the moment: try again soon`, { reached: true });
  }
  return new RequestError(message, typeof code === 'string' ? code : undefined);
}
