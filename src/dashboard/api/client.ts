import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { RetryLink } from '@apollo/client/link/retry';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { OperationTypeNode } from 'graphql';
import type { Client as Socket } from 'graphql-ws';
import { map } from 'rxjs';
import { newestWins } from './newest-wins.ts';
import { learnTime } from './server-clock.ts';

/** What the client needs to know of the page it runs in. */
export interface ClientOptions {
  /** Where the API is: an absolute URL. */
  url: string;
  socket: Socket;
  /** Aborts once the connection that there is at the moment is lost. */
  lostSignal(): AbortSignal;
  /** The language in which the service shall say what is wrong: a BCP 47 tag. */
  language(): string;
}

/**
 * The client of the API. Apollo, as a row of a table can be bound to its own entry of the cache
 * (useFragment, @nonreactive): a change of one project is written once and draws one row, however
 * many are in the list. Queries are tried again while the service or its database is away; mutations
 * never are.
 */
export function createApiClient({ url, socket, lostSignal, language }: ClientOptions): ApolloClient {
  const cache = new InMemoryCache({
    possibleTypes: {
      Node: ['Batch', 'Project'],
      Error: [
        'BatchNotFoundError',
        'ProjectNotFoundError',
        'InvalidInputError',
        'InvalidStateError',
        'IdempotencyConflictError',
      ],
    },
    typePolicies: {
      // A list is one however many pages of it are read; its count is asked for apart, with no rows.
      Query: {
        fields: {
          batches: relayStylePagination((args) =>
            args?.['first'] === 0 ? ['status', 'search', 'first'] : ['status', 'search'],
          ),
        },
      },
    },
  });
  const http = new HttpLink({
    uri: url,
    headers: { accept: 'application/graphql-response+json' },
    fetch: async (input, init) => {
      const askedMs = Date.now();
      const headers = new Headers(init?.headers);
      headers.set('accept-language', language());
      const signals = [lostSignal(), ...(init?.signal == null ? [] : [init.signal])];
      const response = await fetch(input, { ...init, headers, signal: AbortSignal.any(signals) });
      learnTime(response, askedMs);
      return response;
    },
  });
  const unavailable = new ApolloLink((operation, forward) =>
    forward(operation).pipe(
      map((result) => {
        if (result.errors?.some(({ extensions }) => extensions?.['code'] === 'SERVICE_UNAVAILABLE') === true) {
          throw new CombinedGraphQLErrors(result);
        }
        return result;
      }),
    ),
  );
  const retry = new RetryLink({
    delay: { initial: 300, max: 5_000, jitter: true },
    attempts: {
      max: Number.POSITIVE_INFINITY,
      retryIf: (_error, { operationType }) => operationType === OperationTypeNode.QUERY,
    },
  });
  return new ApolloClient({
    cache,
    link: ApolloLink.from([
      newestWins(cache),
      ApolloLink.split(
        ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
        new GraphQLWsLink(socket),
        ApolloLink.from([retry, unavailable, http]),
      ),
    ]),
    defaultOptions: { watchQuery: { fetchPolicy: 'cache-and-network', nextFetchPolicy: 'cache-first' } },
  });
}
