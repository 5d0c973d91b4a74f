import { type ExecutionArgs, GraphQLError, parse } from 'graphql';
import { createYoga, type Plugin, type YogaLogger } from 'graphql-yoga';
import {
  type Caller,
  type Context,
  INTERNAL_SERVER_ERROR,
  makeContext,
  runOperation,
  runSubscription,
  type Services,
  schema,
} from '../graphql/index.ts';
import type { Log } from '../log.ts';
import { renderPage } from './graphiql.ts';
import { useJsonBody } from './json-body.ts';
import { nameOperation, type Traced } from './request-log.ts';

/** What comes with each operation from the server, over HTTP and WebSocket alike. */
export interface Incoming {
  readonly caller: Caller;
  readonly traced: Traced;
}

/** How GraphQL is served. */
export interface YogaOptions {
  services: Services;
  maxBodyBytes: number;
  /** Whether browsers get GraphiQL. */
  graphiql: boolean;
  log: Log;
}

/** Enough for 10,000 projects that are written out in the document. */
const MAX_TOKENS = 100_000;

/** Makes the GraphQL server, without the HTTP around it. */
export function makeYoga({ services, maxBodyBytes, graphiql, log }: YogaOptions) {
  return createYoga<Incoming, Context>({
    schema,
    context: ({ caller }) => makeContext(services, caller),
    graphiql,
    renderGraphiQL: renderPage,
    landingPage: false,
    // Any web page could use the service in the name of whoever looks at it.
    cors: false,
    batching: false,
    multipart: false,
    maxRequestBodySize: false,
    // Documents can be large, and a cache of them would be; and validation that depends on
    // variables must not be remembered.
    parserAndValidationCache: false,
    maskedErrors: { maskError: (error) => maskOutside(error, log) },
    logging: quiet(log),
    plugins: [useJsonBody(maxBodyBytes), useTokenLimit(), useTraced(), useRunner()],
  });
}

/** Refuses documents that are too large to be looked at. */
function useTokenLimit(): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source, options) => parse(source, { ...options, maxTokens: MAX_TOKENS }));
    },
  };
}

/** Tells the log which operation it was. */
function useTraced(): Plugin<Incoming> {
  const trace = (args: ExecutionArgs, { traced }: Incoming) => {
    const operation = nameOperation(args.document, args.operationName);
    if (operation !== undefined) {
      traced.operation = operation;
    }
  };
  return {
    onExecute: ({ args }) => trace(args, args.contextValue),
    onSubscribe: ({ args }) => trace(args, args.contextValue),
  };
}

/** Runs operations so that their errors come in their public form. */
function useRunner(): Plugin<Context> {
  return {
    onExecute: ({ args: { contextValue }, setExecuteFn }) =>
      setExecuteFn((args) => runOperation(args, contextValue)),
    onSubscribe: ({ args: { contextValue }, setSubscribeFn }) =>
      setSubscribeFn((args) => runSubscription(args, contextValue)),
  };
}

/** The public form of what goes wrong before or after an operation runs. */
function maskOutside(error: unknown, log: Log): Error {
  if (error instanceof GraphQLError && error.cause === undefined) {
    return error;
  }
  log.error({ err: error }, 'unexpected error outside of an operation');
  return new GraphQLError('Unexpected error.', {
    extensions: { code: INTERNAL_SERVER_ERROR, http: { status: 500 } },
  });
}

/** Yoga tells of each step and of masked errors, which are logged already. */
function quiet(log: Log): YogaLogger {
  const tell = (...details: unknown[]) => log.trace({ details }, 'yoga');
  return { debug: tell, info: tell, warn: tell, error: tell };
}
