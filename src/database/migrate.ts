import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MigrationError, reasonOf } from './errors.ts';

/** One session on the database. */
export interface SqlSession {
  /** Runs a script of any number of statements, without parameters. */
  exec(script: string): Promise<void>;
  /** Runs one statement. */
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
}

/** Where the migrations of this service are. */
export const migrationsDir = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

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

interface Migration {
  name: string;
  sql: string;
  checksums: string[];
}

/**
 * Brings the database up to the migrations in a folder: each in a transaction of its own, under
 * Prisma's advisory lock, recorded as Prisma does. Gives the names of those that it applied.
 * Throws MigrationError where folder and database do not fit together.
 */
export async function migrate(session: SqlSession, dir: string = migrationsDir): Promise<string[]> {
  const migrations = await readMigrations(dir);
  await session.query(`SELECT pg_advisory_lock(${ADVISORY_LOCK})`);
  try {
    await session.exec(MIGRATIONS_TABLE);
    const due = await findDue(session, migrations);
    for (const migration of due) {
      await apply(session, migration);
    }
    return due.map(({ name }) => name);
  } finally {
    await session.query(`SELECT pg_advisory_unlock(${ADVISORY_LOCK})`);
  }
}

async function readMigrations(dir: string): Promise<Migration[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(names.sort().map(async (name) => readMigration(dir, name)));
}

async function readMigration(dir: string, name: string): Promise<Migration> {
  try {
    const sql = await readFile(join(dir, name, 'migration.sql'), 'utf8');
    return { name, sql, checksums: checksumsOf(sql) };
  } catch (error) {
    throw new MigrationError(`Migration ${name} can't be read: ${reasonOf(error)}`, { cause: error });
  }
}

/** The file's own checksum first, then those that it would have with other line ends. */
function checksumsOf(sql: string): string[] {
  const unix = sql.replaceAll('\r\n', '\n');
  return [sql, unix, unix.replaceAll('\n', '\r\n')].map((text) =>
    createHash('sha256').update(text).digest('hex'),
  );
}

async function findDue(session: SqlSession, migrations: Migration[]): Promise<Migration[]> {
  const rows = await session.query(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name`,
  );
  const onDisk = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum, finished } of rows) {
    if (finished !== true) {
      throw new MigrationError(`Migration ${name} was begun and never finished: mend the database, then mark it with \`prisma migrate resolve\``);
    }
    const migration = onDisk.get(String(name));
    if (migration === undefined) {
      throw new MigrationError(`Migration ${name} has been applied to the database, but is missing in the folder: is this an older version of Showrunner?`);
    }
    if (!migration.checksums.includes(String(checksum))) {
      throw new MigrationError(`Migration ${name} was changed after it had been applied`);
    }
  }
  const applied = new Set(rows.map(({ name }) => String(name)));
  const last = [...applied].sort().at(-1);
  const due = migrations.filter(({ name }) => !applied.has(name));
  const first = due[0];
  if (first !== undefined && last !== undefined && first.name < last) {
    throw new MigrationError(`Migration ${first.name} is new, but sorts before ${last}, which has been applied already`);
  }
  return due;
}

async function apply(session: SqlSession, { name, sql, checksums }: Migration): Promise<void> {
  await session.exec('BEGIN');
  try {
    await session.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at)
       VALUES ($1, $2, $3, clock_timestamp())`,
      [randomUUID(), checksums[0], name],
    );
    await session.exec(sql);
    await session.query(
      `UPDATE _prisma_migrations SET finished_at = clock_timestamp(), applied_steps_count = 1
       WHERE migration_name = $1 AND rolled_back_at IS NULL`,
      [name],
    );
    await session.exec('COMMIT');
  } catch (error) {
    await session.exec('ROLLBACK').catch(() => {});
    throw new MigrationError(`Migration ${name} failed: ${reasonOf(error)}`, { cause: error });
  }
}
