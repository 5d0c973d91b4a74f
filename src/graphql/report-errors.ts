import { GraphQLError } from 'graphql';
import { DomainError, InvalidInput } from '../errors.ts';
import { say } from '../messages.ts';
import type { Context } from './context.ts';

/** Codes of top-level errors besides those of the domain. */
export const TopLevelCode = {
  /** The operation itself is wrong, and parsing or validation had no code of its own for that. */
  badRequest: 'BAD_REQUEST',
  /** The caller's role does not allow it, or their page's origin. */
  forbidden: 'FORBIDDEN',
  internalServerError: 'INTERNAL_SERVER_ERROR',
  serviceUnavailable: 'SERVICE_UNAVAILABLE',
} as const;

/** What turning an error into its public form needs to know. */
export type Reporter = Pick<Context, 'locale' | 'requestId' | 'log' | 'isUnavailable'>;

/**
 * The public form of an error; it has extensions.code in any case. Mistakes in the operation itself
 * keep their text; domain errors get the caller's language; everything else is logged, and tells
 * the caller no more than whether trying again may help. A public form stays as it is.
 */
export function reportError(error: unknown, reporter: Reporter): GraphQLError {
  const cause = causeOf(error);
  const at = error instanceof GraphQLError ? { nodes: error.nodes, path: error.path } : {};
  if (error instanceof GraphQLError && cause === undefined) {
    return withCode(error);
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
      extensions: { code: TopLevelCode.serviceUnavailable, retryable: true, requestId },
    });
  }
  log.error({ err: cause, requestId }, 'unexpected error in an operation');
  return new GraphQLError('Unexpected error.', {
    ...at,
    extensions: { code: TopLevelCode.internalServerError, requestId },
  });
}

/** An error of the operation itself, with the code BAD_REQUEST where it has none of its own. */
export function withCode(error: GraphQLError): GraphQLError {
  const { message, nodes, source, positions, path, extensions } = error;
  return extensions['code'] === undefined
    ? new GraphQLError(message, {
        nodes,
        source,
        positions,
        path,
        extensions: { ...extensions, code: TopLevelCode.badRequest },
      })
    : error;
}

/** What was thrown at first; undefined for a GraphQLError, which is a mistake in the operation itself. */
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
