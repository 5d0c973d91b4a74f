import { ERROR_CODES } from '../errors.ts';

/** Every code that an error of this service can have, besides those of the domain. */
export const OTHER_CODES = [
  'BAD_REQUEST',
  'FORBIDDEN',
  'UNAUTHENTICATED',
  'INTERNAL_SERVER_ERROR',
  'SERVICE_UNAVAILABLE',
  'OPERATION_TIMEOUT',
  'RESULT_TIMEOUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'DEPTH_LIMIT_EXCEEDED',
  'COST_LIMIT_EXCEEDED',
  'ALIAS_LIMIT_EXCEEDED',
  'DIRECTIVE_LIMIT_EXCEEDED',
  'TOKEN_LIMIT_EXCEEDED',
  'FIELD_LIMIT_EXCEEDED',
  'PERSISTED_QUERY_ONLY',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'NOT_ACCEPTABLE',
  'UNSUPPORTED_MEDIA_TYPE',
  'PAYLOAD_TOO_LARGE',
  'HEADERS_TOO_LARGE',
  'REQUEST_TIMEOUT',
  'MISDIRECTED_REQUEST',
  'RATE_LIMITED',
  'CONNECTION_LIMIT_EXCEEDED',
  'OPERATION_LIMIT_EXCEEDED',
  'SUBSCRIPTION_LIMIT_EXCEEDED',
] as const;

const KNOWN: ReadonlySet<unknown> = new Set([...ERROR_CODES, ...OTHER_CODES]);
/** What is no fault of the caller's. */
const FAILURES: ReadonlySet<unknown> = new Set([
  'INTERNAL_SERVER_ERROR',
  'SERVICE_UNAVAILABLE',
  'OPERATION_TIMEOUT',
  'RESULT_TIMEOUT',
]);

/** A code as figures are kept by: one of a fixed set, whatever a library makes up. */
export function codeLabel(code: unknown): string {
  return KNOWN.has(code) ? String(code) : 'OTHER';
}

/** Whether an error is the service's own, by its code, and not the caller's. */
export function isFailure({ extensions }: { extensions?: { readonly [key: string]: unknown } | undefined }): boolean {
  return FAILURES.has(extensions?.['code']);
}
