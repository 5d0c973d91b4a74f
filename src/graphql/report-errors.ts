import { GraphQLError } from 'graphql';
import { DomainError, InvalidInput } from '../errors.ts';
import { say } from '../messages.ts';
import type { Context } from './context.ts';

/** Codes of top-level errors that are not mistakes of the caller. */
export const INTERNAL_SERVER_ERROR = 'INTERNAL_SERVER_ERROR';
export const SERVICE_UNAVAILABLE = 'SERVICE_UNAVAILABLE';

/** What turning an error into its public form needs to know. */
export type Reporter = Pick<Context, 'locale' | 'requestId' | 'log' | 'isUnavailable'>;

/**
 * The public form of an error of an operation. Mistakes in the operation itself stay as they are;
 * domain errors get their code and the caller's language; everything else is logged, and tells
 * the caller no more than whether trying again may help.
 */
export function reportError(error: unknown, reporter: Reporter): GraphQLError {
  const cause = causeOf(error);
  const at = error instanceof GraphQLError ? { nodes: error.nodes, path: error.path } : {};
  if (cause === undefined) {
    return error instanceof GraphQLError ? error : new GraphQLError(String(error));
  }
  if (cause instanceof DomainError) {
    const extensions = extensionsOf(cause, reporter);
    return new GraphQLError(say(cause.said, reporter.locale), { ...at, extensions });
  }
  const { requestId, log } = reporter;
  if (reporter.isUnavailable(cause)) {
    log.warn({ err: cause, requestId }, 'the database is away');
    return new GraphQLError('The service is unavailable for the moment. Try again.', {
      ...at,
      extensions: { code: SERVICE_UNAVAILABLE, retryable: true, requestId },
    });
  }
  log.error({ err: cause, requestId }, 'unexpected error in an operation');
  return new GraphQLError('Unexpected error.', {
    ...at,
    extensions: { code: INTERNAL_SERVER_ERROR, requestId },
  });
}

/** What a resolver threw; undefined for a mistake in the operation itself. */
function causeOf(error: unknown): unknown {
  if (!(error instanceof GraphQLError)) {
    return error;
  }
  return error.cause === undefined ? undefined : causeOf(error.cause);
}

function extensionsOf(error: DomainError, { locale }: Reporter): Record<string, unknown> {
  const { code } = error;
  if (!(error instanceof InvalidInput)) {
    return { code };
  }
  const issues = error.issues.map(({ field, said }) => ({ field, message: say(said, locale) }));
  return { code, field: error.issues[0].field, issues };
}
