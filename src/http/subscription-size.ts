import { GraphQLError } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { PAYLOAD_TOO_LARGE } from './json-body.ts';

/** In characters of JSON: many times what a subscription needs to say. */
const MAX_LENGTH = 64 * 1024;

/**
 * The error for a subscription whose request is too large; undefined for all others. It is kept for
 * as long as the subscription lasts, and a client may have many.
 */
export function subscriptionTooLarge(params: GraphQLParams): GraphQLError | undefined {
  const { length } = JSON.stringify(params);
  return length <= MAX_LENGTH
    ? undefined
    : new GraphQLError(
        `The request of a subscription may have at most ${MAX_LENGTH} characters (current: ${length}).`,
        {
          extensions: { code: PAYLOAD_TOO_LARGE, http: { status: 413 } },
        },
      );
}
