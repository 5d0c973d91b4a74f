import { GraphQLError } from 'graphql';
import type { Context } from './context.ts';
import { isTimeLimit } from './time-limit.ts';

/** The operation took longer than it may, and has changed nothing; each field of a mutation is one by itself. */
export const OPERATION_TIMEOUT = 'OPERATION_TIMEOUT';
/** What a mutation was to do is done, but to read what it answers took longer than it may. */
export const RESULT_TIMEOUT = 'RESULT_TIMEOUT';

/** The public form of an error that comes of too little time; undefined for any other error. */
export function reportTimeout(error: unknown, context: Context, isMutation: boolean): GraphQLError | undefined {
  if (!isTimeLimit(error) && !context.isTimedOut(error)) {
    return undefined;
  }
  const { requestId, log, limits } = context;
  const { nodes, path } = error instanceof GraphQLError ? error : {};
  log.warn({ requestId, path }, 'an operation took too long');
  // A mutation does what it does before anything is read below its field.
  const isDone = isMutation && path !== undefined && path.length > 1;
  return isDone
    ? new GraphQLError('This is done, but it took too long to read the result. Ask for it again.', {
        nodes,
        path,
        extensions: { code: RESULT_TIMEOUT, requestId },
      })
    : new GraphQLError(`This took longer than ${limits.operationTimeoutMs / 1_000} s. Ask for less, or try again.`, {
        nodes,
        path,
        extensions: { code: OPERATION_TIMEOUT, retryable: true, requestId },
      });
}
