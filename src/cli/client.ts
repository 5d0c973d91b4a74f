import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { type Answer, type AnswerError, isAnswer } from './answers.ts';
import { cut, printable } from './columns.ts';
import { ConnectionError, codeOf, RequestError, type SignInError } from './failures.ts';
import { asksForToken, authorizationOf, signInError, UNAUTHENTICATED, UNAUTHORIZED } from './sign-in.ts';
import type { Token } from './token.ts';

/** Where the API is, and until when this client wants something from it. */
export interface Service {
  /** Address of the GraphQL endpoint, http: or https:. */
  readonly url: string;
  /** What this client is let in by, where the service wants to know. */
  readonly token?: Token | undefined;
  /** Ends whatever is under way once it aborts: that then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for a whole answer. */
  readonly answerTimeoutMs?: number | undefined;
}

/** How long an answer is waited for, unless it is said. */
export const ANSWER_TIMEOUT_MS = 60_000;
/** extensions.code of the server while its database is away. */
const SERVICE_UNAVAILABLE = 'SERVICE_UNAVAILABLE';
/** extensions.code of the server for a client that asks for too much at once: the same is taken later. */
const LATER = ['RATE_LIMITED', 'CONNECTION_LIMIT_EXCEEDED', 'SUBSCRIPTION_LIMIT_EXCEEDED'];
/** HTTP statuses of proxies whose service is away. */
const GATEWAY_STATUSES = [502, 503, 504];
/** Whoever answers wants to know who asks, and not by a token, as our API does. */
const LOGIN_STATUSES = [401, 403, 407];
/** So much of an answer that is none is shown. */
const SAID_COLUMNS = 200;
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

/** Runs a query or a mutation. Throws RequestError or ConnectionError. */
export async function request<Result, Variables>(
  service: Service,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const { url, token, signal, answerTimeoutMs = ANSWER_TIMEOUT_MS } = service;
  const timeout = AbortSignal.timeout(answerTimeoutMs);
  let response: Response | undefined;
  let body: string;
  try {
    response = await fetch(url, {
      method: 'POST',
      // fetch() itself takes the token out where a redirect leads to another origin.
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        ...authorizationOf(token),
      },
      body: JSON.stringify({ query: print(document), variables }),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    body = await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    throw connectionError(url, error, { answered: response !== undefined });
  }
  const type = response.headers.get('content-type') ?? 'no content type';
  const value = /^application\/(\S+\+)?json\b/.test(type) ? parsed(body) : undefined;
  const answer = isAnswer(value, document) ? value : undefined;
  const { status } = response;
  if (status === UNAUTHORIZED && (asksForToken(response) || codeIn(answer?.errors) === UNAUTHENTICATED)) {
    throw signInError(url, token, response.url);
  }
  if (status >= 500 || LOGIN_STATUSES.includes(status)) {
    const said = answer?.errors?.map(({ message }) => message).join('; ') ?? (value === undefined ? '' : body);
    throw statusError(url, status, cut(printable(said), SAID_COLUMNS));
  }
  if (answer === undefined) {
    throw otherApi(url, `it answered ${status}, ${type}`);
  }
  return dataOf(answer, service);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function statusError(url: string, status: number, said: string): ConnectionError {
  const answered = said === '' ? String(status) : `${status}: ${said}`;
  if (GATEWAY_STATUSES.includes(status)) {
    return new ConnectionError(`The service behind ${url} is away (${answered}): try again in a moment`, {
      reached: true,
    });
  }
  if (LOGIN_STATUSES.includes(status)) {
    return new ConnectionError(
      `${url} does not let this client in (${answered}): name the right address with --url, or ask who runs it`,
      { reached: false },
    );
  }
  return new ConnectionError(`The service at ${url} has failed (${answered}): ask who runs it, or try again later`, {
    reached: true,
  });
}

function otherApi(url: string, why: string): ConnectionError {
  return new ConnectionError(`${url} is no Showrunner API (${why}): name the right address with --url`, {
    reached: false,
  });
}

/** Says what is wrong with a connection on which fetch() has failed, before or after the answer had begun. */
export function connectionError(url: string, error: unknown, { answered }: { answered: boolean }): ConnectionError {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new ConnectionError(`The service at ${url} does not answer: run the command again`, {
      reached: true,
      cause: error,
    });
  }
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
  if (code?.startsWith('ERR_SSL') || (cause instanceof Error && cause.name === 'HTTPParserError')) {
    const got = code?.startsWith('ERR_SSL') ? 'it speaks no TLS' : 'it speaks no HTTP';
    return new ConnectionError(
      `No HTTP answer from ${url} (${got}): is the address right (http or https)? Name it with --url`,
      { reached: false, cause: error },
    );
  }
  return new ConnectionError(
    answered
      ? `The connection to ${url} broke (${code ?? message}): run the command again`
      : `No HTTP answer from ${url} (${message}): is the address right (http or https)? If so, run the command again`,
    { reached: true, cause: error },
  );
}

/** The data of an answer. Throws RequestError or ConnectionError where there are errors instead. */
export function dataOf<Result>({ data, errors }: Answer<Result>, service: Service): Result {
  if (errors?.[0] !== undefined) {
    throw failureOf(errors, service);
  }
  if (data == null) {
    throw otherApi(service.url, 'it answered without data');
  }
  return data;
}

/** The data of what has come over a WebSocket. Throws RequestError or ConnectionError where it is none. */
export function eventOf<Result, Variables>(
  value: unknown,
  document: TypedDocumentNode<Result, Variables>,
  service: Service,
): Result {
  if (!isAnswer(value, document)) {
    throw otherApi(service.url, 'it sent something else than events');
  }
  return dataOf(value, service);
}

/** What to throw for the errors of an operation. */
export function failureOf(
  errors: readonly AnswerError[],
  service: Service,
): RequestError | SignInError | ConnectionError {
  const code = codeIn(errors);
  const message = errors.map((error) => error.message).join('; ');
  if (code === UNAUTHENTICATED) {
    return signInError(service.url, service.token);
  }
  if (code === SERVICE_UNAVAILABLE) {
    return new ConnectionError(`The service at ${service.url} can't work for the moment: try again soon`, {
      reached: true,
    });
  }
  if (code !== undefined && LATER.includes(code)) {
    return new ConnectionError(
      `The service at ${service.url} takes no more for the moment (${message}): try again soon`,
      {
        reached: true,
      },
    );
  }
  return new RequestError(message, code);
}

function codeIn(errors: readonly AnswerError[] | undefined): string | undefined {
  const code = errors?.[0]?.extensions?.code;
  return typeof code === 'string' ? code : undefined;
}
