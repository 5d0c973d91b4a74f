import { existsSync } from 'node:fs';
import { chmod, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { ensureWritableDir } from './data-dir.ts';
import { DataDirError, MigrationError, reasonOf } from './errors.ts';
import { type LockFileOptions, takeLock } from './lock-file.ts';
import { openPglite, type PgliteDatabase } from './pglite.ts';

/** For the user that the service runs as, and nobody else. */
const PRIVATE = 0o700;

/** How the embedded database of a data folder is opened. */
export interface EmbeddedOptions extends LockFileOptions {
  dataDir: string;
  /** The migrations; those of this service unless told otherwise. */
  migrationsDir?: string | undefined;
}

/**
 * Opens the embedded database in `dataDir`/database, guarded by `dataDir`/database.lock. Throws
 * DataDirError, DatabaseLockedError or MigrationError.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<PgliteDatabase> {
  const { dataDir, ...rest } = options;
  await ensureWritableDir(dataDir);
  await using stack = new AsyncDisposableStack();
  stack.use(await takeLock(join(dataDir, 'database.lock'), rest));
  const dir = resolve(dataDir, 'database');
  const database = await openInDir(dir, options).catch((error: unknown) => {
    if (error instanceof MigrationError) {
      throw error;
    }
    throw new DataDirError(`The embedded database in ${dir} can't be opened: ${reasonOf(error)}`, { cause: error });
  });
  const lock = stack.move();
  database.onClosed(() => lock.disposeAsync());
  return database;
}

/** A process that is killed while it makes a new database must not leave half of one in its place. */
async function openInDir(dir: string, options: EmbeddedOptions): Promise<PgliteDatabase> {
  const draft = `${dir}.new`;
  await rm(draft, { recursive: true, force: true });
  if (!existsSync(dir)) {
    await (await PGlite.create(draft)).close();
    await rename(draft, dir);
  }
  // PGlite's files are anybody's to read and to write.
  await chmod(dir, PRIVATE);
  return openPglite({ ...options, dir });
}
