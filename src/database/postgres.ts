import pg from 'pg';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Db } from 'pg-boss';
import { PrismaClient } from '../generated/prisma/client.ts';
import { DatabaseUnreachableError, reasonOf } from './errors.ts';
import { type DatabaseLog, silentLog } from './log.ts';
import { migrate } from './migrate.ts';

/** How a PostgreSQL database is reached. */
export interface PostgresOptions {
  url: string;
  /** Connections that Prisma and the queue share, 10 unless told otherwise. */
  poolSize?: number;
  migrationsDir?: string;
  log?: DatabaseLog;
}

/** Connects to a PostgreSQL database and migrates it. */
export async function openPostgres(options: PostgresOptions): Promise<PostgresDatabase> {
  const log = options.log ?? silentLog;
  const url = new URL(options.url);
  // Prisma's adapter takes every timestamp for UTC.
  url.searchParams.set('options', `${url.searchParams.get('options') ?? ''} -c TimeZone=UTC`.trim());
  const pool = new pg.Pool({ connectionString: url.href, max: options.poolSize ?? 10, keepAlive: true, connectionTimeoutMillis: 10_000 });
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'));
  try {
    const client = await pool.connect();
    try {
      await migrate({
        exec: async (script) => void (await client.query(script)),
        query: async (text, values) => (await client.query<Record<string, unknown>>(text, values)).rows,
      }, options.migrationsDir);
    } finally {
      client.release();
    }
  } catch (error) {
    await pool.end();
    throw new DatabaseUnreachableError(reasonOf(error), { cause: error });
  }
  return new PostgresDatabase(pool, url.href);
}

/** A Database on PostgreSQL; see database.ts. */
export class PostgresDatabase {
  readonly backend = 'postgres';
  readonly prisma: PrismaClient;
  readonly queueDatabase: Db;
  readonly #pool: pg.Pool;
  readonly #url: string;

  constructor(pool: pg.Pool, url: string) {
    this.#pool = pool;
    this.#url = url;
    this.prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
    this.queueDatabase = {
      executeSql: (text, values) => pool.query(text, values),
      listen: async (channel, onNotification, onReconnect) => {
        const listener = await this.listen(channel, onNotification, onReconnect);
        onReconnect();
        return { close: async () => listener[Symbol.asyncDispose]() };
      },
    };
  }

  async listen(channel: string, onNotification: (payload: string) => void, _onGap: () => void): Promise<AsyncDisposable> {
    const client = new pg.Client({ connectionString: this.#url, keepAlive: true });
    client.on('error', () => {});
    client.on('notification', ({ payload }) => onNotification(payload ?? ''));
    await client.connect();
    await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
    return { [Symbol.asyncDispose]: () => client.end() };
  }

  async ping(timeoutMs: number): Promise<boolean> {
    const { promise: late, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(resolve, timeoutMs, false);
    const answer = this.#pool.query('SELECT 1').then(() => true, () => false);
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#pool.ended) return;
    await this.prisma.$disconnect();
    await this.#pool.end();
  }
}
