import { print } from 'graphql';
import { expect, test } from 'vitest';
import type { TestCreateMutation, TestWatchSubscriptionVariables } from '../../src/generated/gql/graphql.ts';
import { CREATE, WATCH } from '../graphql/documents.ts';
import { eventsOf } from './event-stream.ts';
import { FOLLOW_TIMEOUT_MS, type Follower, followThrough, type Progress } from './following.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const EVENT_STREAM = { accept: 'text/event-stream' };

/** Opens the stream by POST, or by GET as EventSource does. Rejects where there is no connection. */
function openStream(endpoint: string, method: 'GET' | 'POST', variables: TestWatchSubscriptionVariables) {
  const query = print(WATCH);
  if (method === 'GET') {
    const address = new URLSearchParams({ query, variables: JSON.stringify(variables) });
    return fetch(`${endpoint}?${address}`, { headers: EVENT_STREAM });
  }
  const body = JSON.stringify({ query, variables });
  return fetch(endpoint, { method, headers: { ...JSON_TYPE, ...EVENT_STREAM }, body });
}

async function readStream(response: Response, onEvent: (event: Progress) => void): Promise<'complete' | 'lost'> {
  try {
    for await (const { event, data } of eventsOf(response)) {
      if (event === 'complete') {
        return 'complete';
      }
      onEvent(JSON.parse(data).data.batchProgress);
    }
  } catch (error) {
    // What fetch says of a body that breaks off.
    expect(error).toBeInstanceOf(TypeError);
  }
  return 'lost';
}

/** fetch alone, without any library: an event stream that is read by hand. */
function connect(url: string, method: 'GET' | 'POST'): Follower {
  const endpoint = `${url}/graphql`;
  return {
    async create(input) {
      const body = JSON.stringify({ query: print(CREATE), variables: { input } });
      const response = await fetch(endpoint, { method: 'POST', headers: JSON_TYPE, body });
      const { data }: { data: TestCreateMutation } = await response.json();
      return data.createBatch.__typename === 'CreateBatchSuccess' ? data.createBatch.batch.id : '';
    },
    async follow(id, after, onEvent) {
      const response = await openStream(endpoint, method, { id, ...(after !== undefined && { after }) });
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      return readStream(response, onEvent);
    },
    async [Symbol.asyncDispose]() {},
  };
}

test.each(['GET', 'POST'] as const)(
  'an event stream that is read with fetch alone, by %s',
  (method) => followThrough((url) => connect(url, method)),
  FOLLOW_TIMEOUT_MS,
);
