import { setTimeout as delay } from 'node:timers/promises';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type FormattedExecutionResult, print } from 'graphql';

/** Runs an operation over HTTP, once. Rejects where there is no answer. */
export async function ask<Data, Variables>(
  url: string,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<FormattedExecutionResult<Data>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: print(document), variables }),
  });
  return await response.json();
}

/** Before the next address is tried. */
const PAUSE_MS = 100;

/**
 * Runs an operation over HTTP until it is answered, at one address after the other; so it has to be
 * one that may be run twice. Rejects with any error that the service does not call retryable.
 */
export async function askUntilAnswered<Data, Variables>(
  urls: readonly string[],
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  for (let turn = 0; ; turn++) {
    const answer = await ask(urls[turn % urls.length] ?? '', document, variables).catch(() => undefined);
    if (answer?.data != null) {
      return answer.data;
    }
    if (answer?.errors?.some(({ extensions }) => extensions?.['retryable'] !== true)) {
      throw new Error(`refused: ${JSON.stringify(answer.errors)}`);
    }
    await delay(PAUSE_MS);
  }
}
