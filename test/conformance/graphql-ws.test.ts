import { print } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { test } from 'vitest';
import { WebSocket } from 'ws';
import type {
  CreateBatchInput,
  TestCreateMutation,
  TestWatchSubscription,
  TestWatchSubscriptionVariables,
} from '../../src/generated/gql/graphql.ts';
import { CREATE, WATCH } from '../graphql/documents.ts';
import { FOLLOW_TIMEOUT_MS, type Follower, followThrough } from './following.ts';

const webSocketImpl = WebSocket;
const endpointOf = (url: string) => `${url.replace('http', 'ws')}/graphql`;

async function create(client: Client, input: CreateBatchInput): Promise<string> {
  const results = client.iterate<TestCreateMutation>({ query: print(CREATE), variables: { input } });
  const { value } = await results.next();
  const made = value?.data?.createBatch;
  return made?.__typename === 'CreateBatchSuccess' ? made.batch.id : '';
}

/** graphql-ws's client, told not to try again by itself. */
function connect(url: string): Follower {
  const client = createClient({ url: endpointOf(url), webSocketImpl, retryAttempts: 0 });
  return {
    create: (input) => create(client, input),
    async follow(id, after, onEvent) {
      const payload = { query: print(WATCH), variables: { id, after } };
      try {
        for await (const { data } of client.iterate<TestWatchSubscription>(payload)) {
          if (data != null) {
            onEvent(data.batchProgress);
          }
        }
        return 'complete';
      } catch {
        return 'lost';
      }
    },
    async [Symbol.asyncDispose]() {
      await client.dispose();
    },
  };
}

/** graphql-ws's client as it comes: it tries again by itself, and reads the variables anew each time. */
function connectForGood(url: string): Follower {
  const client = createClient({ url: endpointOf(url), webSocketImpl });
  const complete = Promise.withResolvers<'complete'>();
  let isFollowing = false;
  return {
    create: (input) => create(client, input),
    follow(id, after, onEvent) {
      if (isFollowing) {
        return complete.promise;
      }
      isFollowing = true;
      const variables: TestWatchSubscriptionVariables & Record<string, unknown> = { id, ...(after && { after }) };
      client.subscribe<TestWatchSubscription>(
        { query: print(WATCH), variables },
        {
          next({ data }) {
            if (data != null) {
              variables.after = data.batchProgress.cursor;
              onEvent(data.batchProgress);
            }
          },
          error: complete.reject,
          complete: () => complete.resolve('complete'),
        },
      );
      return new Promise((resolve) => {
        client.on('closed', () => resolve('lost'));
      });
    },
    async [Symbol.asyncDispose]() {
      await client.dispose();
    },
  };
}

test("graphql-ws's client, asked again with the cursor", () => followThrough(connect), FOLLOW_TIMEOUT_MS);
test("graphql-ws's client, which comes back by itself", () => followThrough(connectForGood), FOLLOW_TIMEOUT_MS);
