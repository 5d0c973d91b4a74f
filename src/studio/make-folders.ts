import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from './disk-error.ts';

/**
 * Makes a folder and those above it, as far as they are not there. Node's own recursive mkdir says
 * of a read-only disk that a file went missing.
 */
export async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (hasCode(error, 'EEXIST') && (await isFolder(path))) return;
    if (!hasCode(error, 'ENOENT')) throw error;
    await makeFolders(dirname(path));
    // Another run may be making the same folders.
    await mkdir(path).catch(async (again: unknown) => {
      if (!hasCode(again, 'EEXIST') || !(await isFolder(path))) throw again;
    });
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}
