import { setImmediate } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { type Db, fromPglite } from 'pg-boss';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { PrismaClient } from '../generated/prisma/client.ts';
import type { Access, SqlTransaction } from './access.ts';
import { type DatabaseLog, silentLog } from './log.ts';
import { migrate, type SqlSession } from './migrate.ts';
import { PgliteStatements } from './pglite-statements.ts';
import type { Statement } from './statement.ts';
import { within } from './within.ts';

/** Where an embedded database is kept, and what it starts from. */
export interface PgliteOptions {
  /** The folder; in memory where there is none. */
  dir?: string | undefined;
  /** A tarball of a data folder to start from (PGlite's dumpDataDir). */
  from?: Blob;
  /** The migrations; those of this service unless told otherwise. */
  migrationsDir?: string | undefined;
  log?: DatabaseLog | undefined;
}

/** Opens an embedded database and migrates it. The caller sees to it that nobody else has the folder open. */
export async function openPglite(options: PgliteOptions = {}): Promise<PgliteDatabase> {
  const { dir, from, migrationsDir, log = silentLog } = options;
  const pglite = await PGlite.create({
    ...(dir !== undefined && { dataDir: dir }),
    ...(from !== undefined && { loadDataDir: from }),
  });
  try {
    // Prisma's adapter takes every timestamp for UTC.
    await pglite.exec(`SET TIME ZONE 'UTC'`);
    await migrate(sessionOf(pglite), { dir: migrationsDir, log });
    // It knows the arrays of the enums that it found at its own start; the migrations have just made more.
    await pglite.refreshArrayTypes();
    return new PgliteDatabase(pglite, log);
  } catch (error) {
    await pglite.close();
    throw error;
  }
}

function sessionOf(pglite: PGlite): SqlSession {
  return {
    exec: async (script) => void (await pglite.exec(script)),
    query: async (text, values) => (await pglite.query<Record<string, unknown>>(text, values)).rows,
  };
}

/** A Database on PGlite; see database.ts. One session: whatever is not in an open transaction waits for it. */
export class PgliteDatabase {
  readonly backend = 'pglite';
  readonly prisma: PrismaClient;
  readonly queueDatabase: Db;
  /** The instance itself, for what only an embedded database can do. */
  readonly pglite: PGlite;
  readonly #log: DatabaseLog;
  readonly #statements = new PgliteStatements();
  #closing: Promise<void> | undefined;
  #afterwards = async (): Promise<void> => {};

  constructor(pglite: PGlite, log: DatabaseLog) {
    this.pglite = pglite;
    this.#log = log;
    this.prisma = new PrismaClient({ adapter: new PrismaPGlite(pglite) });
    this.queueDatabase = queueOn(pglite);
  }

  get operations(): Access {
    return this;
  }

  async query<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    const rows = await this.#statements.run<Row>(this.pglite, statement, values);
    // It answers without ever waiting for the event loop: one statement after the other would keep
    // everybody else in this process from their turn.
    await setImmediate();
    return rows;
  }

  async transaction<Result>(body: (tx: SqlTransaction) => Promise<Result>): Promise<Result> {
    const result = await this.pglite.transaction((tx) =>
      body({ query: (statement, values) => this.#statements.run(tx, statement, values) }),
    );
    await setImmediate();
    return result;
  }

  async listen(
    channel: string,
    onNotification: (payload: string) => void,
    _onGap: () => void,
  ): Promise<AsyncDisposable> {
    const stop = await this.pglite.listen(channel, (payload) => {
      try {
        onNotification(payload);
      } catch (error) {
        this.#log.error({ err: error, channel }, 'a listener threw');
      }
    });
    return {
      [Symbol.asyncDispose]: async () => {
        if (this.#closing === undefined) {
          await stop();
        }
      },
    };
  }

  async ping(timeoutMs: number): Promise<boolean> {
    const answer = this.pglite.query('SELECT 1').then(
      () => true,
      () => false,
    );
    return within(timeoutMs, answer, () => false);
  }

  /** What else is to be let go once the database is closed. */
  onClosed(afterwards: () => Promise<void>): void {
    this.#afterwards = afterwards;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.prisma.$disconnect();
      await this.pglite.close();
    } finally {
      await this.#afterwards();
    }
  }
}

/**
 * pg-boss's own adapter, but for scripts that open a transaction themselves. Were one of those to
 * fail, another's statement could get in before the adapter's ROLLBACK, and fail for no fault
 * of its own; inside transaction() nobody can.
 */
function queueOn(pglite: PGlite): Db {
  const queue = fromPglite(pglite);
  return {
    ...queue,
    executeSql: async (text, values) => {
      if (values?.length || !/^\s*BEGIN\b/i.test(text)) {
        return queue.executeSql(text, values);
      }
      const results = await pglite.transaction((tx) => tx.exec(text));
      return { rows: results.flatMap(({ rows }) => rows) };
    },
  };
}
