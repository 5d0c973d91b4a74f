import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { Result, TestServer } from '../helpers/server.ts';

/** How an operation gets to the server: in a request of its own, over a WebSocket, and over SSE. */
export const TRANSPORTS = ['query', 'subscribe', 'subscribeSse'] as const;

/** The first result of any operation over any transport, also where that is nothing but errors. */
export async function ask<Data, Variables extends Record<string, unknown>>(
  server: TestServer,
  over: (typeof TRANSPORTS)[number],
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  headers?: Record<string, string>,
): Promise<Result<Data>> {
  if (over === 'query') {
    const { response: _, ...answer } = await server.query(document, variables, headers);
    return answer;
  }
  const stream = server[over](document, variables, headers);
  try {
    const { value } = await stream.next();
    return value;
  } catch (errors) {
    return { errors: Array.isArray(errors) ? errors : [errors] };
  } finally {
    await stream.return?.();
  }
}
