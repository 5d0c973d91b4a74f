import type { ApolloClient } from '@apollo/client';
import { ViewerDocument } from '../../generated/dashboard-gql/graphql.ts';
import { refusalIn } from '../api/refusal.ts';
import { authorizationOf } from './session.ts';

/** What came of asking the service about a token. */
export type Checked =
  | { kind: 'taken'; subject: string }
  | { kind: 'missing' | 'malformed' | 'refused' | 'unreachable' }
  /** The service says why it has no answer. */
  | { kind: 'failed'; message: string };

/** RFC 6750. */
const TOKEN = /^[\w.~+/-]+=*$/;

/** A token without what is often copied along with it. */
export function tokenIn(pasted: string): string {
  return pasted.trim().replace(/^bearer\s+/i, '');
}

/** Asks the service, once, for whom a token stands. Never rejects. */
export async function checkToken(client: ApolloClient, token: string): Promise<Checked> {
  if (!TOKEN.test(token)) {
    return { kind: token === '' ? 'missing' : 'malformed' };
  }
  try {
    const { data } = await client.query({
      query: ViewerDocument,
      // Nothing is known of whoever it stands for until it is taken.
      fetchPolicy: 'no-cache',
      context: { headers: { authorization: authorizationOf(token) }, isOnce: true, queryDeduplication: false },
    });
    return data === undefined ? { kind: 'unreachable' } : { kind: 'taken', subject: data.viewer.subject };
  } catch (error) {
    return whyNot(error);
  }
}

function whyNot(error: unknown): Checked {
  const refusal = refusalIn(error);
  if (refusal === undefined) {
    return { kind: 'unreachable' };
  }
  return refusal.code === 'UNAUTHENTICATED' ? { kind: 'refused' } : { kind: 'failed', message: refusal.message };
}
