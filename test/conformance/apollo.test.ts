import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { buildSchema, isAbstractType, OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { test } from 'vitest';
import { WebSocket } from 'ws';
import { printedSchema } from '../../src/graphql/print.ts';
import { CREATE, WATCH } from '../graphql/documents.ts';
import { FOLLOW_TIMEOUT_MS, type Follower, followThrough } from './following.ts';

/** The types of every union and interface, which Apollo's manual has applications take from the schema. */
function possibleTypes(): Record<string, string[]> {
  const schema = buildSchema(printedSchema());
  const abstract = Object.values(schema.getTypeMap()).filter(isAbstractType);
  return Object.fromEntries(abstract.map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]));
}

/** Apollo Client as its manual sets it up: HTTP for queries and mutations, graphql-ws for subscriptions. */
function connect(url: string): Follower {
  const uri = `${url}/graphql`;
  const socket = createClient({ url: uri.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
  const client = new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      new HttpLink({ uri }),
    ),
    cache: new InMemoryCache({ possibleTypes: possibleTypes() }),
  });
  return {
    async create(input) {
      const { data } = await client.mutate({ mutation: CREATE, variables: { input } });
      return data?.createBatch.__typename === 'CreateBatchSuccess' ? data.createBatch.batch.id : '';
    },
    follow: (id, after, onEvent) =>
      new Promise((end) => {
        const variables = { id, ...(after !== undefined && { after }) };
        client.subscribe({ query: WATCH, variables, fetchPolicy: 'no-cache' }).subscribe({
          next({ data, error }) {
            if (error !== undefined) {
              end('lost');
            } else if (data !== undefined) {
              onEvent(data.batchProgress);
            }
          },
          error: () => end('lost'),
          complete: () => end('complete'),
        });
      }),
    async [Symbol.asyncDispose]() {
      client.stop();
      await socket.dispose();
    },
  };
}

test('Apollo Client', () => followThrough(connect), FOLLOW_TIMEOUT_MS);
