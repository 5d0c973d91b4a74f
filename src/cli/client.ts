import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { createClient } from 'graphql-ws';

/** The service answered, but not with what was asked for. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  /** extensions.code of the first error, where there is one. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

/** The service can't be reached, or the connection to it broke. Trying again may help. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

interface Answer<Result> {
  data?: Result | null | undefined;
  errors?: readonly { message: string; extensions?: { code?: unknown } | undefined }[] | undefined;
}

/** Runs a query or a mutation. Throws RequestError or ConnectionError. */
export async function request<Result, Variables>(
  url: string,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const body = JSON.stringify({ query: print(document), variables });
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
  let answer: Answer<Result>;
  try {
    const response = await fetch(url, { method: 'POST', headers, body });
    answer = (await response.json()) as Answer<Result>;
  } catch (error) {
    throw new ConnectionError(`no answer from ${url}`, { cause: error });
  }
  return dataOf(answer);
}

/**
 * Runs a subscription over WebSocket until it completes. Throws RequestError, or ConnectionError
 * when the connection breaks; it does not reconnect, as the caller knows best where to go on.
 */
export async function* subscribe<Result extends object, Variables extends Record<string, unknown>>(
  url: string,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): AsyncGenerator<Result, void> {
  const client = createClient({ url: url.replace(/^http/, 'ws'), retryAttempts: 0, onNonLazyError: () => {} });
  try {
    for await (const answer of client.iterate<Result>({ query: print(document), variables })) {
      yield dataOf(answer);
    }
  } catch (error) {
    if (error instanceof Error) {
      throw error;
    }
    // A close event of the socket, or the errors that answered the operation itself.
    throw Array.isArray(error) ? dataError(error) : new ConnectionError(`the connection to ${url} broke`);
  } finally {
    await client.dispose();
  }
}

function dataOf<Result>({ data, errors }: Answer<Result>): Result {
  if (errors?.[0] !== undefined) {
    throw dataError(errors);
  }
  if (data == null) {
    throw new RequestError('the service answered with neither data nor errors');
  }
  return data;
}

function dataError(errors: NonNullable<Answer<unknown>['errors']>): RequestError {
  const code = errors[0]?.extensions?.code;
  return new RequestError(errors.map(({ message }) => message).join('; '), typeof code === 'string' ? code : undefined);
}
