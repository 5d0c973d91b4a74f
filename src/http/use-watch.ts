import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Incoming } from './incoming.ts';
import type { OperationWatch } from './operation-watch.ts';

/** Tells of operations over HTTP and SSE as their results are sent. Comes after what gives errors their public form. */
export function useWatch(watch: OperationWatch): Plugin<object, Incoming> {
  return {
    onResultProcess({ request, result, serverContext: { traced, arrivedMs } }) {
      const isStream = isAsyncIterable(result);
      const errors = 'errors' in result ? result.errors : undefined;
      watch.answered({ transport: isStream || wantsEvents(request) ? 'sse' : 'http', traced, arrivedMs, errors });
    },
  };
}

/** Whether a single result is sent as an event, too: to those who do not take it as JSON. */
function wantsEvents({ headers }: Request): boolean {
  const accept = headers.get('accept') ?? '';
  return accept.includes('text/event-stream') && !/json|\*\/\*|application\/\*/.test(accept);
}
