import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  executeSubscriptionEvent,
  GraphQLError,
  getOperationAST,
  OperationTypeNode,
  validateSubscriptionArgs,
} from 'graphql';
import { isPullable } from '../feed/pullable.ts';
import type { Context } from './context.ts';
import { reportError } from './report-errors.ts';
import { reportTimeout } from './report-timeout.ts';
import { ResultStream, type Results } from './result-stream.ts';
import { shareKey } from './shared-results.ts';
import { isTimeLimit, TimeLimit } from './time-limit.ts';
import { transactionsInTime } from './transactions-in-time.ts';

/**
 * Runs a query or a mutation, for as long as it may take; its errors come in their public form. A
 * query is then given up. A mutation is not, as nobody would know what it had changed: it changes
 * nothing any more, and answers as soon as the database lets go of it.
 */
export async function runOperation(operation: ExecutionArgs, context: Context): Promise<ExecutionResult> {
  const { operationTimeoutMs } = context.limits;
  if (getOperationAST(operation.document, operation.operationName)?.operation === OperationTypeNode.MUTATION) {
    using time = new TimeLimit(operationTimeoutMs);
    const database = transactionsInTime(context.database, time.signal);
    const result = await execute({ ...operation, contextValue: { ...context, database } });
    return publicForm(result, context, true);
  }
  const result = await inTime(operationTimeoutMs, (abortSignal) =>
    execute({ ...operation, contextValue: context, abortSignal }),
  );
  return publicForm(result, context);
}

/**
 * Runs a subscription; its errors come in their public form. It may last, but no event may take
 * longer to be read than an operation. A stream that breaks gives one last result with the error,
 * and ends.
 */
export async function runSubscription(operation: ExecutionArgs, context: Context): Promise<ExecutionResult | Results> {
  const { operationTimeoutMs } = context.limits;
  const args = validateSubscriptionArgs({ ...operation, contextValue: context });
  if (!('schema' in args)) {
    return publicForm({ errors: args }, context);
  }
  const events = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in events)) {
    return publicForm(events, context);
  }
  if (!isPullable(events)) {
    throw new Error('events of a subscription that are not of the feed');
  }
  return new ResultStream(events, {
    shareKey: shareKey(operation, context),
    run: (event) =>
      inTime(operationTimeoutMs, (externalAbortSignal) =>
        executeSubscriptionEvent({ ...args, rootValue: event, externalAbortSignal }),
      ),
    publicForm: (errors) => errors.map((error) => report(error, context)),
    brokenBy: (error) => ({ errors: [report(error, context)] }),
  });
}

/** Runs something for so long at most; its result then is that its time is over. */
async function inTime(
  limitMs: number,
  run: (signal: AbortSignal) => ExecutionResult | Promise<ExecutionResult>,
): Promise<ExecutionResult> {
  using time = new TimeLimit(limitMs);
  try {
    return await run(time.signal);
  } catch (error) {
    if (isTimeLimit(error)) {
      return { errors: [new GraphQLError('Timed out', { cause: error })], data: null };
    }
    throw error;
  }
}

function publicForm(result: ExecutionResult, context: Context, isMutation = false): ExecutionResult {
  const { errors } = result;
  return errors === undefined
    ? result
    : { ...result, errors: errors.map((error) => report(error, context, isMutation)) };
}

function report(error: unknown, context: Context, isMutation = false): GraphQLError {
  return reportTimeout(error, context, isMutation) ?? reportError(error, context);
}
