import { CombinedGraphQLErrors, ServerError } from '@apollo/client/errors';

/** What the service says instead of what was asked for. */
export interface Refusal {
  /** extensions.code of its first error. */
  readonly code: string;
  readonly message: string;
}

/** After these nobody knows what has become of a request; trying again may help. */
const UNSURE = ['SERVICE_UNAVAILABLE', 'INTERNAL_SERVER_ERROR', 'OPERATION_TIMEOUT'];
/** Only for the moment. */
const LATER = ['RATE_LIMITED', 'CONNECTION_LIMIT_EXCEEDED', 'SUBSCRIPTION_LIMIT_EXCEEDED'];

/** What the service refuses, and did not do; undefined where the connection was lost, or the service is in trouble. */
export function refusalIn(error: unknown): Refusal | undefined {
  const first = firstError(error);
  if (typeof first !== 'object' || first === null) {
    return undefined;
  }
  const { message, extensions }: { message?: unknown; extensions?: { code?: unknown } | undefined } = first;
  const code = String(extensions?.code);
  return typeof message !== 'string' || UNSURE.includes(code) ? undefined : { code, message };
}

/** Whether the service would refuse the same again; it may take it later otherwise. */
export function isForGood({ code }: Refusal): boolean {
  return !LATER.includes(code);
}

function firstError(error: unknown): unknown {
  if (CombinedGraphQLErrors.is(error)) {
    return error.errors[0];
  }
  if (!ServerError.is(error)) {
    return undefined;
  }
  // Before it comes to GraphQL, the service answers in plain JSON.
  try {
    return JSON.parse(error.bodyText)?.errors?.[0];
  } catch {
    return undefined;
  }
}
