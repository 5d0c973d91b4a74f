import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient, type Client as Socket } from 'graphql-ws';
import { test } from 'vitest';
import { WebSocket } from 'ws';
import { CREATE, WATCH } from '../graphql/documents.ts';
import { FOLLOW_TIMEOUT_MS, type Follower, followThrough } from './following.ts';

/** Subscriptions over graphql-ws, as urql's manual has it. */
function exchangeOver(socket: Socket) {
  return subscriptionExchange({
    forwardSubscription: ({ query = '', variables, extensions }) => ({
      subscribe: (observer) => ({
        unsubscribe: socket.subscribe<Record<string, unknown>>(
          { query, variables, extensions },
          {
            ...observer,
            next: ({ data = null, errors }) => observer.next({ data, ...(errors && { errors }) }),
          },
        ),
      }),
    }),
  });
}

/** urql as an application would use it: HTTP for queries and mutations, and for subscriptions graphql-ws, or HTTP again. */
function connect(url: string, transport: 'graphql-ws' | 'SSE'): Follower {
  const endpoint = `${url}/graphql`;
  const socket = createClient({ url: endpoint.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
  const client = new Client({
    url: endpoint,
    preferGetMethod: false,
    fetchSubscriptions: transport === 'SSE',
    exchanges: [fetchExchange, exchangeOver(socket)],
  });
  return {
    async create(input) {
      const { data } = await client.mutation(CREATE, { input }).toPromise();
      return data?.createBatch.__typename === 'CreateBatchSuccess' ? data.createBatch.batch.id : '';
    },
    follow: (id, after, onEvent) =>
      new Promise((end) => {
        client.subscription(WATCH, { id, after }).subscribe(({ data, error, hasNext }) => {
          if (error !== undefined) {
            end('lost');
          } else if (!hasNext) {
            // The last event once more, to say that it was the last.
            end('complete');
          } else if (data !== undefined) {
            onEvent(data.batchProgress);
          }
        });
      }),
    async [Symbol.asyncDispose]() {
      await socket.dispose();
    },
  };
}

test.each(['graphql-ws', 'SSE'] as const)(
  'urql, with subscriptions over %s',
  (transport) => followThrough((url) => connect(url, transport)),
  FOLLOW_TIMEOUT_MS,
);
