import { readdir } from 'node:fs/promises';
import { diskError, hasCode } from './disk-error.ts';
import { isProjectId, workRoot } from './paths.ts';

/**
 * The ids of all projects that have a work folder, in no order. Those that have ended were left
 * behind by a process that died before it discarded them.
 */
export async function listWork(dataDir: string): Promise<string[]> {
  try {
    const entries = await readdir(workRoot(dataDir), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() && isProjectId(entry.name)).map((entry) => entry.name);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw diskError(error);
  }
}
