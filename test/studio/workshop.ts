import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { hasCode } from '../../src/studio/disk-error.ts';
import type { StageContext, StageProject } from '../../src/studio/stage.ts';

/** A data folder of the test's own, removed when it ends. */
export async function freshDataDir(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'showrunner-studio-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  return dataDir;
}

/** A project of two scenes, unless told otherwise. */
export function projectOf(changes: Partial<StageProject> = {}): StageProject {
  return {
    id: randomUUID(),
    batchId: '0199d1a0-0000-7000-8000-000000000001',
    name: 'A short one',
    content: 'The light came on.\n\nNobody had touched the switch since noon.',
    ...changes,
  };
}

/** A context that nobody aborts. */
export function contextOf(project: StageProject, changes: Partial<StageContext> = {}): StageContext {
  return { project, signal: new AbortController().signal, onProgress: () => undefined, ...changes };
}

/** Everything in the data folder that is not under a real name, as left by a run that died. */
export async function strays(dataDir: string): Promise<string[]> {
  if (!existsSync(dataDir)) return [];
  try {
    const paths = await readdir(dataDir, { recursive: true });
    return paths.filter((path) => path.includes('~'));
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    // A folder was removed while it was looked into.
    return strays(dataDir);
  }
}

/** A text of this many code points with sentences and paragraphs. */
export function longText(codePoints: number): string {
  const sentence = 'The keeper of the lighthouse climbed its two hundred steps every evening, and lit the lamp. ';
  const text = `${sentence.repeat(3).trim()}\n\n`.repeat(Math.ceil(codePoints / 250));
  return Array.from(text).slice(0, codePoints).join('');
}
