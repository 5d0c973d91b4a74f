import type { Db } from 'pg-boss';
import type { Prisma } from '../generated/prisma/client.ts';
import type { Access } from './access.ts';
import { openEmbedded } from './embedded.ts';
import type { DatabaseLog } from './log.ts';
import type { PoolState } from './pool-state.ts';
import { openPostgres } from './postgres.ts';

/** What runs queries inside an interactive transaction. */
export type PrismaTransaction = Prisma.TransactionClient;

/** One open database, embedded (PGlite) or a server (PostgreSQL). Disposing of it closes everything. */
export interface Database extends Access, AsyncDisposable {
  readonly backend: 'pglite' | 'postgres';
  /**
   * The same data, for the operations of clients: on PostgreSQL over connections of their own, whose
   * statements the server cancels a little after operationTimeoutMs. PGlite has one session, which can't be
   * interrupted: there it is the same as the database itself.
   */
  readonly operations: Access;
  /** Raw statements outside Prisma, and LISTEN, in the form that pg-boss asks for. */
  readonly queueDatabase: Db;
  /**
   * Hears a channel's notifications until the result is disposed of. `onGap` is called after every
   * reconnection, as notifications may have been missed before it; not after the first connection.
   */
  listen(channel: string, onNotification: (payload: string) => void, onGap: () => void): Promise<AsyncDisposable>;
  /** What its pools of connections are doing; undefined where there are none. */
  pools?(): readonly PoolState[];
  /** Whether the database answers within so many milliseconds, and takes writes. Never rejects. */
  ping(timeoutMs: number): Promise<boolean>;
}

/** How a database is opened. */
export interface DatabaseOptions {
  /** Folder of the embedded database, used where there is no databaseUrl. */
  dataDir: string;
  /** postgres://user:password@host:port/name */
  databaseUrl?: string | undefined;
  log?: DatabaseLog | undefined;
  /** Connections to PostgreSQL that Prisma and the queue share, and as many for `operations`; 10 unless told otherwise. */
  poolSize?: number | undefined;
  /** How long one statement of an operation may take; as long as it needs unless told otherwise. */
  operationTimeoutMs?: number | undefined;
}

/**
 * Opens the database, applies what migrations are due, and gives it ready for use. Throws a
 * StartError.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { dataDir, databaseUrl, log, poolSize, operationTimeoutMs } = options;
  return databaseUrl === undefined
    ? openEmbedded({ dataDir, log })
    : openPostgres({ url: databaseUrl, poolSize, operationTimeoutMs, log });
}
