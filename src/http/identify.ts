import { GraphQLError } from 'graphql';
import type { Authenticator } from '../auth/authenticator.ts';
import { AuthError, UNAUTHENTICATED } from '../auth/errors.ts';
import type { Principal } from '../auth/principal.ts';
import type { Log } from '../log.ts';
import { type Locale, say } from '../messages.ts';

/** What is known of somebody before they are let in. */
export interface Stranger {
  authorization: string | undefined;
  locale: Locale;
  requestId: string;
  log: Log;
}

/**
 * Who it is that calls. Throws a GraphQLError in its public form: UNAUTHENTICATED (401), or
 * SERVICE_UNAVAILABLE (503) where tokens can't be looked at for the moment.
 */
export async function identify(authenticator: Authenticator, stranger: Stranger): Promise<Principal> {
  const { authorization, locale, requestId, log } = stranger;
  try {
    return await authenticator.authenticate(authorization);
  } catch (error) {
    if (!(error instanceof AuthError)) {
      throw error;
    }
    const isRefusal = error.code === UNAUTHENTICATED;
    if (!isRefusal) {
      log.warn({ err: error, requestId }, 'tokens can not be looked at for the moment');
    }
    throw new GraphQLError(say(error.said, locale), {
      extensions: {
        code: error.code,
        ...(isRefusal ? {} : { retryable: true, requestId }),
        http: isRefusal
          ? { status: 401, headers: { 'www-authenticate': challengeOf(authorization) } }
          : { status: 503, headers: { 'retry-after': '5' } },
      },
    });
  }
}

/** The error for whoever was let in by a token that is no longer taken. */
export function tokenRefused(locale: Locale): GraphQLError {
  const headers = { 'www-authenticate': 'Bearer error="invalid_token"' };
  return new GraphQLError(say({ key: 'tokenRefused' }, locale), {
    extensions: { code: UNAUTHENTICATED, http: { status: 401, headers } },
  });
}

/** RFC 6750, section 3: a request without credentials is told of no error. */
function challengeOf(authorization: string | undefined): string {
  return authorization === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
}
