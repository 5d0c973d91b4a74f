import type { ExecutionArgs } from 'graphql';
import { createYoga, type GraphQLParams, type Plugin, type YogaLogger } from 'graphql-yoga';
import {
  type Context,
  makeContext,
  reportError,
  runOperation,
  runSubscription,
  type Services,
  schema,
} from '../graphql/index.ts';
import type { Log } from '../log.ts';
import { within } from '../tracing/span.ts';
import { useAcceptable } from './acceptable.ts';
import { useAddressParams } from './address-params.ts';
import type { Admission } from './admission.ts';
import { admitted } from './admitted.ts';
import { useCheckedParams } from './checked-params.ts';
import { useDocumentLimits } from './document-limits.ts';
import { tokenRefused } from './identify.ts';
import type { Incoming } from './incoming.ts';
import { useJsonBody } from './json-body.ts';
import { maxValuesFor } from './json-values.ts';
import { useOperationNamed } from './operation-named.ts';
import type { OperationWatch } from './operation-watch.ts';
import { nameOperation } from './request-log.ts';
import { subscriptionTooLarge } from './subscription-size.ts';
import type { TrustedDocuments } from './trusted-documents.ts';
import { useTrustedDocuments } from './use-trusted-documents.ts';
import { useWatch } from './use-watch.ts';

/** How GraphQL is served. */
export interface YogaOptions {
  services: Services;
  admission: Admission;
  watch: OperationWatch;
  /** The only documents that are run; undefined: any. */
  trustedDocuments: TrustedDocuments | undefined;
  log: Log;
}

/** Makes the GraphQL server, without the HTTP around it. */
export function makeYoga({ services, admission, watch, trustedDocuments, log }: YogaOptions) {
  const { limits } = services;
  return createYoga<Incoming, Context>({
    schema,
    context: ({ caller }) => makeContext(services, { ...caller, onMistake: (code) => watch.mistaken(code) }),
    // It is served beside this, from files.
    graphiql: false,
    landingPage: false,
    // It is seen to before this, for every answer of the server.
    cors: false,
    batching: false,
    multipart: false,
    maxRequestBodySize: false,
    // It would keep documents of any size, and take what was found of one set of variables for all.
    // known-documents.ts keeps what is worth it.
    parserAndValidationCache: false,
    maskedErrors: false,
    logging: quiet(log),
    plugins: [
      useAcceptable(),
      useAddressParams(),
      useJsonBody({ maxBytes: limits.maxBodyBytes, maxValues: maxValuesFor(limits) }),
      useDocumentLimits(limits),
      useTrustedDocuments(trustedDocuments),
      useCheckedParams(),
      useOperationNamed(),
      useTraced(),
      useRunner({ admission, watch }),
      useReports(services),
      useWatch(watch),
    ],
  });
}

/** Tells the log which operation it was. */
function useTraced(): Plugin<Incoming> {
  const trace = (args: ExecutionArgs, { traced }: Incoming) => {
    Object.assign(traced, nameOperation(args.document, args.operationName));
  };
  return {
    onExecute: ({ args }) => trace(args, args.contextValue),
    onSubscribe: ({ args }) => trace(args, args.contextValue),
  };
}

/**
 * Runs operations so that their errors come in their public form, and subscriptions for as long as
 * they may be. A body may take long to come, and a WebSocket lasts: the token is looked at once more.
 */
function useRunner(
  admitting: Pick<YogaOptions, 'admission' | 'watch'>,
): Plugin<Context & Incoming & { params: GraphQLParams }> {
  const refusalOf = ({ isStillIn, caller }: Incoming) =>
    isStillIn() ? undefined : { errors: [tokenRefused(caller.locale)] };
  const tooLarge = (params: GraphQLParams) => {
    const error = subscriptionTooLarge(params);
    return error && { errors: [error] };
  };
  return {
    onExecute: ({ args: { contextValue }, setExecuteFn }) =>
      setExecuteFn(
        (args) => refusalOf(contextValue) ?? within(contextValue.traced.span, () => runOperation(args, contextValue)),
      ),
    onSubscribe: ({ args: { contextValue }, setSubscribeFn }) =>
      setSubscribeFn(
        (args) =>
          refusalOf(contextValue) ??
          tooLarge(contextValue.params) ??
          within(contextValue.traced.span, () =>
            admitted(admitting, contextValue, () => runSubscription(args, contextValue)),
          ),
      ),
  };
}

/** Gives what goes wrong before an operation runs its public form, too. */
function useReports({ isUnavailable }: Services): Plugin<object, Incoming> {
  return {
    onResultProcess({ result, setResult, serverContext }) {
      if ('errors' in result && result.errors !== undefined) {
        const reporter = { ...serverContext.caller, isUnavailable };
        setResult({ ...result, errors: result.errors.map((error) => reportError(error, reporter)) });
      }
    },
  };
}

/** Yoga tells of each step, and of errors that are logged already. */
function quiet(log: Log): YogaLogger {
  const tell = (...details: unknown[]) => log.trace({ details }, 'yoga');
  return { debug: tell, info: tell, warn: tell, error: tell };
}
