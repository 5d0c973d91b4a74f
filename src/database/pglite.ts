import { PGlite } from '@electric-sql/pglite';
import type { Db } from 'pg-boss';
import { fromPglite } from 'pg-boss';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { PrismaClient } from '../generated/prisma/client.ts';
import { type DatabaseLog, silentLog } from './log.ts';
import { migrate, type SqlSession } from './migrate.ts';

/** Where an embedded database is kept, and what it starts from. */
export interface PgliteOptions {
  /** The folder; in memory where there is none. */
  dir?: string;
  /** A tarball of a data folder to start from (PGlite's dumpDataDir). */
  from?: Blob;
  /** The migrations; those of this service unless told otherwise. */
  migrationsDir?: string;
  log?: DatabaseLog;
}

/** Opens an embedded database and migrates it. Whoever calls sees to it that nobody else has the folder open. */
export async function openPglite(options: PgliteOptions = {}): Promise<PgliteDatabase> {
  const pglite = await PGlite.create({
    ...(options.dir !== undefined && { dataDir: options.dir }),
    ...(options.from !== undefined && { loadDataDir: options.from }),
  });
  try {
    // Prisma's adapter takes every timestamp for UTC.
    await pglite.exec(`SET TIME ZONE 'UTC'`);
    const applied = await migrate(sessionOf(pglite), options.migrationsDir);
    if (applied.length > 0) {
      (options.log ?? silentLog).info({ migrations: applied }, 'migrations applied');
    }
  } catch (error) {
    await pglite.close();
    throw error;
  }
  return new PgliteDatabase(pglite);
}

function sessionOf(pglite: PGlite): SqlSession {
  return {
    exec: async (script) => void (await pglite.exec(script)),
    query: async (text, values) => (await pglite.query<Record<string, unknown>>(text, values)).rows,
  };
}

/** A Database on PGlite; see database.ts. */
export class PgliteDatabase {
  readonly backend = 'pglite';
  readonly prisma: PrismaClient;
  readonly queueDatabase: Db;
  readonly pglite: PGlite;

  constructor(pglite: PGlite) {
    this.pglite = pglite;
    this.prisma = new PrismaClient({ adapter: new PrismaPGlite(pglite) });
    this.queueDatabase = fromPglite(pglite);
  }

  async listen(channel: string, onNotification: (payload: string) => void, _onGap: () => void): Promise<AsyncDisposable> {
    const stop = await this.pglite.listen(channel, onNotification);
    return { [Symbol.asyncDispose]: async () => { if (!this.pglite.closed) await stop(); } };
  }

  async ping(timeoutMs: number): Promise<boolean> {
    const { promise: late, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(resolve, timeoutMs, false);
    const answer = this.pglite.query('SELECT 1').then(() => true, () => false);
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.pglite.closed) return;
    await this.prisma.$disconnect();
    await this.pglite.close();
  }
}
