import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MigrationError, reasonOf } from './errors.ts';

/** A migration on disk. */
export interface Migration {
  /** The name of its folder. */
  name: string;
  sql: string;
  /** SHA-256 in hex: of the file as it is, then of the same text with other line ends. */
  checksums: string[];
}

/** Where the migrations of this service are. */
export const migrationsDir = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

/** Reads a folder of migrations, in the order of their names. Throws MigrationError. */
export async function readMigrations(dir: string): Promise<Migration[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((error: unknown) => {
    throw new MigrationError(`The migrations can't be read: ${reasonOf(error)}`, { cause: error });
  });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(names.sort().map((name) => readMigration(dir, name)));
}

async function readMigration(dir: string, name: string): Promise<Migration> {
  try {
    const sql = await readFile(join(dir, name, 'migration.sql'), 'utf8');
    return { name, sql, checksums: checksumsOf(sql) };
  } catch (error) {
    throw new MigrationError(`Migration ${name} can't be read: ${reasonOf(error)}`, { cause: error });
  }
}

// Prisma takes a file for unchanged where only its line ends are another system's.
function checksumsOf(sql: string): string[] {
  const unix = sql.replaceAll('\r\n', '\n');
  return [sql, unix, unix.replaceAll('\n', '\r\n')].map((text) => createHash('sha256').update(text).digest('hex'));
}
