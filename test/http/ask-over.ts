import { createClient as createSseClient } from 'graphql-sse';
import type { Result, TestServer } from '../helpers/server.ts';

/** What a client sends to have an operation run. */
export interface Params {
  query?: string;
  operationName?: string;
  variables?: Record<string, unknown>;
  extensions?: Record<string, unknown>;
  documentId?: string;
  doc_id?: string;
}

/** How a client sends it. */
export type Transport = 'POST' | 'GET' | 'WebSocket' | 'SSE';

/** A text so many times, with the number of each in the place of #. */
export function repeat(times: number, text: string): string {
  return Array.from({ length: times }, (_, at) => text.replaceAll('#', String(at))).join(' ');
}

/** The first result of an operation; errors without a result are one, too. */
export async function askOver(server: TestServer, transport: Transport, params: Params): Promise<Result<unknown>> {
  const endpoint = `${server.url}/graphql`;
  const headers = { accept: 'application/graphql-response+json' };
  switch (transport) {
    case 'POST': {
      const body = JSON.stringify(params);
      const posted = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body };
      return (await fetch(endpoint, posted)).json();
    }
    case 'GET': {
      const fields = Object.entries(params).map(([name, value]): [string, string] => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]);
      return (await fetch(`${endpoint}?${new URLSearchParams(fields)}`, { headers })).json();
    }
    case 'WebSocket':
      // The protocol does not do without a text.
      return first(server.connect().iterate({ query: '', ...params }));
    case 'SSE':
      return first(createSseClient({ url: endpoint, retryAttempts: 0 }).iterate({ query: '', ...params }));
  }
}

/** The code of the only error of a result, or `data` for one without errors. */
export function codeOf({ errors, data }: Result<unknown>): unknown {
  const codes = (errors ?? []).map(({ extensions }) => extensions?.['code']);
  return codes.length > 1 ? codes : (codes[0] ?? (data == null ? undefined : 'data'));
}

async function first(results: AsyncIterableIterator<Result<unknown>>): Promise<Result<unknown>> {
  try {
    const { value } = await results.next();
    return value;
  } catch (errors) {
    if (!Array.isArray(errors)) {
      throw errors;
    }
    return { errors };
  } finally {
    await results.return?.();
  }
}
