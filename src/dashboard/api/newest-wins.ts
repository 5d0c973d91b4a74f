import { type ApolloCache, ApolloLink, type DocumentNode, type Reference } from '@apollo/client';
import { map } from 'rxjs';
import { BatchFieldsFragmentDoc, ProjectFieldsFragmentDoc } from '../../generated/dashboard-gql/graphql.ts';

/** An object of the API as it comes, not yet in the cache. */
type Json = Record<string, unknown>;

const VERSIONED: Readonly<Record<string, { fragment: DocumentNode; fragmentName: string }>> = {
  Batch: { fragment: BatchFieldsFragmentDoc, fragmentName: 'BatchFields' },
  Project: { fragment: ProjectFieldsFragmentDoc, fragmentName: 'ProjectFields' },
};

/**
 * Lets the newest version of a batch or a project win. Answers come over HTTP and changes over a
 * WebSocket, so that an answer may be older than what the stream has already shown; written as it
 * is, it would stay until the next change, and for an ended project that would be for ever.
 */
export function newestWins(cache: ApolloCache): ApolloLink {
  return new ApolloLink((operation, forward) =>
    forward(operation).pipe(
      map((result) => (isJson(result.data) ? { ...result, data: keepNewest(result.data, cache) } : result)),
    ),
  );
}

/** The same data; where the cache knows a later version of an object, with the fields of that one. */
export function keepNewest(data: Json, cache: ApolloCache): Json {
  const fresh = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, keepNewestIn(value, cache)]));
  const versioned = VERSIONED[String(data['__typename'])];
  const { id, version } = data;
  if (versioned === undefined || typeof id !== 'string' || typeof version !== 'number') {
    return fresh;
  }
  const from: Reference = { __ref: `${String(data['__typename'])}:${id}` };
  const known = cache.readFragment<Json>({ ...versioned, id: from.__ref });
  if (known === null || Number(known['version']) <= version) {
    return fresh;
  }
  const shared = Object.entries(known).filter(([name]) => name in fresh);
  return { ...fresh, ...Object.fromEntries(shared) };
}

function keepNewestIn(value: unknown, cache: ApolloCache): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => keepNewestIn(item, cache));
  }
  return isJson(value) ? keepNewest(value, cache) : value;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
