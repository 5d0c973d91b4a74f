import { type ApolloClient, CombinedGraphQLErrors, ServerError } from '@apollo/client';
import {
  type BatchFieldsFragment,
  BatchFieldsFragmentDoc,
  CreateBatchDocument,
  type CreateBatchInput,
} from '../../generated/dashboard-gql/graphql.ts';
import { refusalIn } from '../api/refusal.ts';

/** What came of an attempt to create a batch. */
export type Outcome =
  | { kind: 'created'; batch: BatchFieldsFragment }
  /** The service names what is wrong, and where. */
  | { kind: 'refused'; issues: readonly { readonly field: string; readonly message: string }[] }
  /** An earlier attempt had made this batch of another input. */
  | { kind: 'conflict'; batch: BatchFieldsFragment }
  | { kind: 'tooLarge' }
  /** Whether the service has made the batch is not known. */
  | { kind: 'unreachable' }
  /** The service wants to know first who asks; the page does, too. */
  | { kind: 'signedOut' }
  | { kind: 'failed'; message: string };

const UNAUTHENTICATED = 'UNAUTHENTICATED';
const PAYLOAD_TOO_LARGE = 'PAYLOAD_TOO_LARGE';
const HTTP_PAYLOAD_TOO_LARGE = 413;

/** What a proxy answers whose service is away, or too slow. */
const HTTP_AWAY = [502, 503, 504];

/** Asks the service for a batch, once. Never rejects. */
export async function sendBatch(client: ApolloClient, input: CreateBatchInput): Promise<Outcome> {
  try {
    const { data } = await client.mutate({
      mutation: CreateBatchDocument,
      variables: { input },
      // The cache would take all of the input for the name of the field.
      fetchPolicy: 'no-cache',
    });
    const answer = data?.createBatch;
    switch (answer?.__typename) {
      case 'CreateBatchSuccess':
        client.cache.writeFragment({
          fragment: BatchFieldsFragmentDoc,
          fragmentName: 'BatchFields',
          data: answer.batch,
        });
        return { kind: 'created', batch: answer.batch };
      case 'InvalidInputError':
        return { kind: 'refused', issues: answer.issues };
      case 'IdempotencyConflictError':
        return { kind: 'conflict', batch: answer.batch };
      case undefined:
        return { kind: 'unreachable' };
    }
  } catch (error) {
    return outcomeOf(error);
  }
}

function outcomeOf(error: unknown): Outcome {
  const refusal = refusalIn(error);
  if (refusal?.code === UNAUTHENTICATED) {
    return { kind: 'signedOut' };
  }
  if (CombinedGraphQLErrors.is(error)) {
    const isTooLarge = error.errors.some(({ extensions }) => extensions?.['code'] === PAYLOAD_TOO_LARGE);
    return isTooLarge ? { kind: 'tooLarge' } : { kind: 'failed', message: error.message };
  }
  if (ServerError.is(error) && !HTTP_AWAY.includes(error.statusCode)) {
    const isTooLarge = error.statusCode === HTTP_PAYLOAD_TOO_LARGE;
    return isTooLarge
      ? { kind: 'tooLarge' }
      : { kind: 'failed', message: refusal?.message ?? `HTTP ${error.statusCode}` };
  }
  return { kind: 'unreachable' };
}
