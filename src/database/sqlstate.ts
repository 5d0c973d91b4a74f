/** The SQLSTATEs that this service tells apart. An error is known by its code, never by its text. */
export const SqlState = {
  connectionException: '08000',
  invalidTextRepresentation: '22P02',
  integrityConstraintViolation: '23000',
  notNullViolation: '23502',
  foreignKeyViolation: '23503',
  uniqueViolation: '23505',
  checkViolation: '23514',
  readOnlyTransaction: '25006',
  inFailedTransaction: '25P02',
  idleInTransactionSessionTimeout: '25P03',
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  diskFull: '53100',
  tooManyConnections: '53300',
  lockNotAvailable: '55P03',
  queryCanceled: '57014',
  adminShutdown: '57P01',
  crashShutdown: '57P02',
  cannotConnectNow: '57P03',
} as const;

const RETRYABLE: ReadonlySet<string> = new Set([
  SqlState.serializationFailure,
  SqlState.deadlockDetected,
  SqlState.lockNotAvailable,
]);

// After a failover the old primary answers, but takes no writes; nor does a server without room.
const UNAVAILABLE: ReadonlySet<string> = new Set([
  SqlState.readOnlyTransaction,
  SqlState.idleInTransactionSessionTimeout,
  SqlState.diskFull,
  SqlState.tooManyConnections,
  SqlState.adminShutdown,
  SqlState.crashShutdown,
  SqlState.cannotConnectNow,
]);

const CONNECTION_CLASS = '08';

const SOCKET_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Prisma: can't reach, timed out, server closed the connection, pool timeout, transaction not started or over its time, too many connections. */
const PRISMA_CODES: ReadonlySet<string> = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037']);

/** What the driver adapters call it. */
const ADAPTER_KINDS: ReadonlySet<string> = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TlsConnectionError',
  'TooManyConnections',
]);

/** node-postgres gives no code to these; PGlite to its one. Text is all there is. */
const UNCODED_MESSAGES: readonly string[] = [
  'Connection terminated',
  'Client has encountered a connection error',
  'Client was closed',
  'timeout exceeded when trying to connect',
  'Cannot use a pool after calling end',
  'PGlite is closed',
];

/**
 * The SQLSTATE of an error of node-postgres, PGlite, or Prisma over either (which keeps it under
 * meta.driverAdapterError.cause); undefined where there is none.
 */
export function sqlStateOf(error: unknown): string | undefined {
  for (const part of chainOf(error)) {
    const code = textOf(part, 'originalCode') ?? textOf(part, 'code');
    if (code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !isForeign(code)) {
      return code;
    }
  }
  return undefined;
}

/** Whether the same transaction may well succeed if it is run again. */
export function isRetryable(error: unknown): boolean {
  return RETRYABLE.has(sqlStateOf(error) ?? '');
}

/** Whether the database was away or refused to work, so that nothing is known of the statement itself. */
export function isUnavailable(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined) {
    return UNAVAILABLE.has(state) || state.startsWith(CONNECTION_CLASS);
  }
  return chainOf(error).some((part) => {
    const code = textOf(part, 'code') ?? '';
    const message = textOf(part, 'message') ?? '';
    return (
      SOCKET_CODES.has(code) ||
      PRISMA_CODES.has(code) ||
      ADAPTER_KINDS.has(textOf(part, 'kind') ?? '') ||
      UNCODED_MESSAGES.some((text) => message.startsWith(text))
    );
  });
}

/** Whether the server gave a statement up because it took longer than it may. */
export function isTimedOut(error: unknown): boolean {
  return sqlStateOf(error) === SqlState.queryCanceled;
}

/** Codes of Prisma (P2002) and of the system (EPIPE) that have five characters, too. */
function isForeign(code: string): boolean {
  return /^P[1-6]\d{3}$/.test(code) || SOCKET_CODES.has(code);
}

const MAX_DEPTH = 6;

/** An error, and whatever it says that it comes from. */
function chainOf(error: unknown): object[] {
  const chain: object[] = [];
  let next: unknown = error;
  while (typeof next === 'object' && next !== null && chain.length < MAX_DEPTH) {
    chain.push(next);
    next =
      fieldOf(fieldOf(next, 'meta'), 'driverAdapterError') ??
      fieldOf(next, 'cause') ??
      firstOf(fieldOf(next, 'errors'));
  }
  return chain;
}

/** The first of an AggregateError's errors: a refused connection on IPv6, then IPv4. */
function firstOf(errors: unknown): unknown {
  return Array.isArray(errors) ? errors[0] : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function textOf(value: object, name: string): string | undefined {
  const field = fieldOf(value, name);
  return typeof field === 'string' ? field : undefined;
}
