import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DataDirError, reasonOf } from './errors.ts';

/** Makes the folder if need be, and sees that files can be written in it. Throws DataDirError. */
export async function ensureWritableDir(dir: string): Promise<void> {
  const probe = join(dir, `.write-probe-${randomUUID()}`);
  try {
    await mkdir(dir, { recursive: true });
    await writeFile(probe, '');
    await rm(probe, { force: true });
  } catch (error) {
    throw new DataDirError(`The data folder ${resolve(dir)} can't be written: ${reasonOf(error)}`, { cause: error });
  }
}
