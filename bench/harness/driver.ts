import type { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { nowMs } from './clock.ts';

/** A row of a plain SQL statement. */
export type SqlRow = Record<string, unknown>;

/** The bare driver under a database: what is left when the service is taken away. */
export interface Driver extends AsyncDisposable {
  query(text: string, values?: unknown[]): Promise<SqlRow[]>;
  /** How long a statement took, in milliseconds, measured beside the driver. */
  time(text: string, values?: unknown[]): Promise<number>;
  /** Runs a statement in a transaction; gives the moment just before COMMIT, on the machine's clock. */
  commit(text: string, values?: unknown[]): Promise<number>;
}

/** node-postgres, with so many connections. */
export function postgresDriver(url: string, connections = 1): Driver {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  pool.on('error', () => {});
  const query: Driver['query'] = async (text, values) => (await pool.query<SqlRow>(text, values)).rows;
  return {
    query,
    time: (text, values) => timeOf(() => query(text, values)),
    async commit(text, values) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await client.query(text, values);
        const committedMs = nowMs();
        await client.query('COMMIT');
        return committedMs;
      } finally {
        client.release();
      }
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/** PGlite in this process. Disposing of it leaves the instance to whoever opened it. */
export function pgliteDriver(pglite: PGlite): Driver {
  const query: Driver['query'] = async (text, values) => (await pglite.query<SqlRow>(text, values)).rows;
  return {
    query,
    time: (text, values) => timeOf(() => query(text, values)),
    commit: (text, values) =>
      pglite.transaction(async (tx) => {
        await tx.query(text, values);
        return nowMs();
      }),
    async [Symbol.asyncDispose]() {},
  };
}

/** What another process does with a driver of its own. */
export interface DriverCalls {
  query(text: string, values?: unknown[]): Promise<SqlRow[]>;
  time(text: string, values?: unknown[]): Promise<number>;
  commit(text: string, values?: unknown[]): Promise<number>;
}

async function timeOf(action: () => Promise<unknown>): Promise<number> {
  const startedMs = nowMs();
  await action();
  return nowMs() - startedMs;
}
