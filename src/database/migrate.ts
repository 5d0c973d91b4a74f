import { randomUUID } from 'node:crypto';
import { MigrationError, reasonOf } from './errors.ts';
import type { DatabaseLog } from './log.ts';
import { type Migration, migrationsDir, readMigrations } from './migration-files.ts';

/** One session on the database, which nobody else uses meanwhile. */
export interface SqlSession {
  /** Runs a script of any number of statements, without parameters. */
  exec(script: string): Promise<void>;
  /** Runs one statement. */
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
}

/** Which migrations, and who is told of them. */
export interface MigrateOptions {
  /** The folder of the migrations; this service's own unless told otherwise. */
  dir?: string | undefined;
  log: DatabaseLog;
}

/** The advisory lock that Prisma's own CLI takes while it migrates. */
const ADVISORY_LOCK = 72707369;

// Word for word what Prisma's schema engine makes.
const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Brings the database up to the migrations in a folder: each in a transaction of its own, under
 * Prisma's advisory lock, recorded as Prisma does. Throws MigrationError where folder and database
 * do not fit together, or where a migration fails, which then leaves nothing behind.
 */
export async function migrate(session: SqlSession, options: MigrateOptions): Promise<void> {
  const { dir = migrationsDir, log } = options;
  const migrations = await readMigrations(dir);
  await lock(session, log);
  try {
    await session.exec(MIGRATIONS_TABLE);
    for (const migration of await findDue(session, migrations)) {
      await apply(session, migration);
      log.info({}, `migration applied: ${migration.name}`);
    }
  } finally {
    await session.query('SELECT pg_advisory_unlock($1)', [ADVISORY_LOCK]).catch(() => {});
  }
}

async function lock(session: SqlSession, log: DatabaseLog): Promise<void> {
  const [row] = await session.query('SELECT pg_try_advisory_lock($1) AS taken', [ADVISORY_LOCK]);
  if (row?.['taken'] !== true) {
    log.info({}, 'waiting for another process that migrates the database');
    await session.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK]);
  }
}

/** The migrations that the database does not have yet, in order. */
async function findDue(session: SqlSession, migrations: Migration[]): Promise<Migration[]> {
  const rows = await session.query(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
  );
  const onDisk = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum, finished } of rows) {
    const problem = problemOf(onDisk.get(String(name)), String(checksum), finished === true);
    if (problem !== undefined) {
      throw new MigrationError(`Migration ${name} ${problem}`);
    }
  }
  const applied = rows.map(({ name }) => String(name)).sort();
  const due = migrations.filter(({ name }) => !applied.includes(name));
  const [first, last] = [due[0]?.name, applied.at(-1)];
  if (first !== undefined && last !== undefined && first < last) {
    throw new MigrationError(`Migration ${first} is new, but sorts before ${last}, which has been applied already`);
  }
  return due;
}

function problemOf(migration: Migration | undefined, checksum: string, isFinished: boolean): string | undefined {
  if (!isFinished) {
    return 'was begun and never finished: mend the database, then tell with `prisma migrate resolve`';
  }
  if (migration === undefined) {
    return 'has been applied to the database, but its folder is missing: is this an older version of Showrunner?';
  }
  return migration.checksums.includes(checksum) ? undefined : 'was changed after it had been applied';
}

async function apply(session: SqlSession, { name, sql, checksums }: Migration): Promise<void> {
  const id = randomUUID();
  await session.exec('BEGIN');
  try {
    await session.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at)
       VALUES ($1, $2, $3, clock_timestamp())`,
      [id, checksums[0], name],
    );
    await session.exec(sql);
    await session.query(
      `UPDATE _prisma_migrations
       SET finished_at = clock_timestamp(), applied_steps_count = 1 WHERE id = $1`,
      [id],
    );
    await session.exec('COMMIT');
  } catch (error) {
    await session.exec('ROLLBACK').catch(() => {});
    throw new MigrationError(`Migration ${name} failed: ${reasonOf(error)}`, { cause: error });
  }
}
