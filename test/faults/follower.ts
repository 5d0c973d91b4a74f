import { setTimeout as delay } from 'node:timers/promises';
import { print } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { TestWatchSubscription, TestWatchSubscriptionVariables } from '../../src/generated/gql/graphql.ts';
import type { Progress } from '../conformance/following.ts';
import { WATCH } from '../graphql/documents.ts';
import type { Result } from '../helpers/server.ts';

export type Transport = 'websocket' | 'sse';

type Variables = TestWatchSubscriptionVariables & Record<string, unknown>;

/** Before the next address is tried. */
const PAUSE_MS = 100;

/** A client that follows one batch to its end, whatever becomes of the processes that it is connected to. */
export class BatchFollower {
  readonly batchId: string;
  readonly events: Progress[] = [];
  /** How often it had to connect; more than 1 where a connection was lost. */
  connections = 0;
  readonly #transport: Transport;
  readonly #onEvent: (event: Progress) => void;

  constructor(batchId: string, transport: Transport, onEvent: (event: Progress) => void = () => {}) {
    this.batchId = batchId;
    this.#transport = transport;
    this.#onEvent = onEvent;
  }

  /**
   * Resolves once the batch has ended and the server has said that there is no more. Turns to the
   * next address with its last cursor whenever a connection is lost. Rejects with any error that the
   * service does not call retryable.
   */
  async follow(urls: readonly string[]): Promise<void> {
    for (let turn = Math.floor(Math.random() * urls.length); !this.#isOver(); turn++) {
      const after = this.events.at(-1)?.cursor;
      const variables: Variables = { id: this.batchId, ...(after !== undefined && { after }) };
      let isConnected = false;
      try {
        for await (const result of open(this.#transport, urls[turn % urls.length] ?? '', variables)) {
          this.connections += isConnected ? 0 : 1;
          isConnected = true;
          this.#take(result);
        }
      } catch (error) {
        throwUnlessRetryable(error);
        await delay(PAUSE_MS);
      }
    }
  }

  #take({ data, errors }: Result<TestWatchSubscription>): void {
    if (errors !== undefined) {
      throw errors;
    }
    if (data != null) {
      this.events.push(data.batchProgress);
      this.#onEvent(data.batchProgress);
    }
  }

  #isOver(): boolean {
    return this.events.at(-1)?.batch.finishedAt != null;
  }
}

/** One subscription over a connection of its own, which is not tried again. */
function open(transport: Transport, url: string, variables: Variables): AsyncIterable<Result<TestWatchSubscription>> {
  const request = { query: print(WATCH), variables };
  const endpoint = `${url}/graphql`;
  return transport === 'sse'
    ? createSseClient({ url: endpoint, retryAttempts: 0 }).iterate<TestWatchSubscription>(request)
    : createClient({
        url: endpoint.replace('http', 'ws'),
        webSocketImpl: WebSocket,
        retryAttempts: 0,
      }).iterate<TestWatchSubscription>(request);
}

/** The first answer to a subscription: an event, or the errors with which it was refused. */
export async function firstAnswer(
  transport: Transport,
  url: string,
  id: string,
): Promise<Result<TestWatchSubscription> | undefined> {
  try {
    for await (const result of open(transport, url, { id })) {
      return result;
    }
  } catch (error) {
    if (Array.isArray(error)) {
      return { errors: error };
    }
    throw error;
  }
  return undefined;
}

/** Both clients throw the errors of an operation as a list, and all that befalls a connection as one thing. */
function throwUnlessRetryable(error: unknown): void {
  if (Array.isArray(error) && !error.every((each) => each?.extensions?.retryable === true)) {
    throw new Error(`the subscription was refused: ${JSON.stringify(error)}`);
  }
}
