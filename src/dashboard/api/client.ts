import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, ServerError } from '@apollo/client';
import { RetryLink } from '@apollo/client/link/retry';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { OperationTypeNode } from 'graphql';
import type { Client as Socket } from 'graphql-ws';
import { map, timeout } from 'rxjs';
import type { SessionStore } from '../session/session.ts';
import { newestWins } from './newest-wins.ts';
import { learnTime } from './server-clock.ts';

/** What the client needs to know of the page it runs in. */
export interface ClientOptions {
  /** Where the API is: an absolute URL. */
  url: string;
  socket: Socket;
  session: SessionStore;
  /** Aborts once the connection that there is at the moment is lost. */
  lostSignal(): AbortSignal;
  /** How long to wait for the answer to a query, in milliseconds. */
  answerWithinMs(): number;
  /** The language in which the service shall say what is wrong: a BCP 47 tag. */
  language(): string;
}

/** What the service says that has an answer only later. */
const LATER = ['SERVICE_UNAVAILABLE', 'RATE_LIMITED', 'CONNECTION_LIMIT_EXCEEDED'];

const HTTP_UNAUTHORIZED = 401;

/**
 * The client of the API. Apollo, as a row of a table can be bound to its own entry of the cache
 * (useFragment, @nonreactive): a change of one project is written once and draws one row, however
 * many are in the list. Queries are tried again while the service or its database is away, or does not answer, unless
 * their context says `isOnce`; mutations never are. An `authorization` in the headers of a context goes
 * before that of the session.
 */
export function createApiClient(options: ClientOptions): ApolloClient {
  const { url, socket, session, lostSignal, answerWithinMs, language } = options;
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
      const authorization = headers.get('authorization') ?? session.authorization;
      if (authorization !== undefined) {
        headers.set('authorization', authorization);
      }
      const signals = [lostSignal(), ...(init?.signal == null ? [] : [init.signal])];
      const response = await fetch(input, { ...init, headers, signal: AbortSignal.any(signals) });
      learnTime(response, askedMs);
      if (response.status === HTTP_UNAUTHORIZED && asksForToken(response)) {
        session.refuse(authorization);
      }
      return response;
    },
  });
  const unavailable = new ApolloLink((operation, forward) =>
    forward(operation).pipe(
      map((result) => {
        if (result.errors?.some(({ extensions }) => LATER.includes(String(extensions?.['code']))) === true) {
          throw new CombinedGraphQLErrors(result);
        }
        return result;
      }),
    ),
  );
  // What nobody waits for is taken back: the next try is over another connection.
  const patience = new ApolloLink((operation, forward) =>
    operation.operationType === OperationTypeNode.QUERY
      ? forward(operation).pipe(timeout({ first: answerWithinMs() }))
      : forward(operation),
  );
  const retry = new RetryLink({
    delay: { initial: 300, max: 5_000, jitter: true },
    attempts: {
      max: Number.POSITIVE_INFINITY,
      retryIf: (error, operation) =>
        operation.operationType === OperationTypeNode.QUERY &&
        operation.getContext()['isOnce'] !== true &&
        !(ServerError.is(error) && error.statusCode === HTTP_UNAUTHORIZED),
    },
  });
  return new ApolloClient({
    cache,
    link: ApolloLink.from([
      newestWins(cache),
      ApolloLink.split(
        ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
        new GraphQLWsLink(socket),
        ApolloLink.from([retry, patience, unavailable, http]),
      ),
    ]),
    defaultOptions: { watchQuery: { fetchPolicy: 'cache-and-network', nextFetchPolicy: 'cache-first' } },
  });
}

/** Whether somebody is asked for a token, and not for the password of a proxy. */
function asksForToken({ headers }: Response): boolean {
  return /(^|,)\s*bearer\b/i.test(headers.get('www-authenticate') ?? '');
}
