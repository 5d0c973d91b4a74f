import { print } from 'graphql';
import { createClient } from 'graphql-sse';
import { test } from 'vitest';
import type { TestCreateMutation, TestWatchSubscription } from '../../src/generated/gql/graphql.ts';
import { CREATE, WATCH } from '../graphql/documents.ts';
import { FOLLOW_TIMEOUT_MS, type Follower, followThrough } from './following.ts';

/** graphql-sse's own client in distinct connections mode, for everything. */
function connect(url: string): Follower {
  // What it tries again by itself would begin anew, without the cursor.
  const client = createClient({ url: `${url}/graphql`, retryAttempts: 0 });
  return {
    async create(input) {
      const results = client.iterate<TestCreateMutation>({ query: print(CREATE), variables: { input } });
      const { value } = await results.next();
      const made = value?.data?.createBatch;
      return made?.__typename === 'CreateBatchSuccess' ? made.batch.id : '';
    },
    async follow(id, after, onEvent) {
      try {
        for await (const { data } of client.iterate<TestWatchSubscription>({
          query: print(WATCH),
          variables: { id, after },
        })) {
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
      client.dispose();
    },
  };
}

test("graphql-sse's client", () => followThrough(connect), FOLLOW_TIMEOUT_MS);
