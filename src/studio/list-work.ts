import { readdir } from 'node:fs/promises';
import { asideLabels } from './aside.ts';
import { diskError, hasCode } from './disk-error.ts';
import { isProjectId, stagingRoot, workRoot } from './paths.ts';

/**
 * The ids of all projects that have a work folder, or anything in the library's staging folder, in no
 * order. What those have that have ended was left behind by a process that died before it discarded it.
 */
export async function listWork(dataDir: string): Promise<string[]> {
  try {
    const staged = await asideLabels(stagingRoot(dataDir));
    return [...new Set([...(await foldersIn(workRoot(dataDir))), ...staged])].filter(isProjectId);
  } catch (error) {
    throw diskError(error);
  }
}

async function foldersIn(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
