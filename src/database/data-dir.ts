import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DataDirError, reasonOf } from './errors.ts';

/** Makes the folder if need be, and sees that files can be written in it. Throws DataDirError. */
export async function ensureWritableDir(dir: string): Promise<void> {
  const probe = join(dir, `.write-probe-${randomUUID()}`);
  try {
    await makeFolders(resolve(dir));
    await writeFile(probe, '');
    await rm(probe, { force: true });
  } catch (error) {
    throw new DataDirError(`The data folder ${resolve(dir)} can't be written: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Makes a folder and those above it. Node's own recursive mkdir never ends where a folder is there
 * and none can be made in it though nothing refuses that, as in /proc.
 */
async function makeFolders(dir: string): Promise<void> {
  try {
    await mkdir(dir);
  } catch (error) {
    if (await isFolder(dir)) {
      return;
    }
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      throw error;
    }
    await makeFolders(dirname(dir));
    // Another process may be making the same folders.
    await mkdir(dir).catch(async (again: unknown) => {
      if (!(await isFolder(dir))) {
        throw again;
      }
    });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
