import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { openAside, settle } from './aside.ts';
import { hasCode } from './disk-error.ts';
import type { StageProject } from './stage.ts';

/** Counted up whenever the stages make something else of the same text, so that old work is not mixed with new. */
const recipe = 1;
const sealFile = 'seal.json';
const Seal = z.object({ inputs: z.string(), files: z.record(z.string(), z.string()) });

/** One project's work: what all stages share. */
export interface Work {
  project: StageProject;
  /** The project's work folder. It need not exist yet. */
  folder: string;
  signal: AbortSignal;
}

/** What a stage has made: a folder whose files are whole and were made from the inputs asked for. */
export interface Sealed {
  folder: string;
  /** Stands for the content of all files. */
  digest: string;
}

/**
 * The folder `name` of a project, made from `inputs`. If it is there, whole, and of these inputs it is used
 * as it is; else `make` fills a new one aside, which then takes the name in one step. So a folder under its
 * own name is never half written, a second run costs a check only, and two runs at once end with one result.
 */
export async function ensureSealed(
  work: Work,
  name: string,
  inputs: readonly string[],
  make: (folder: string) => Promise<void>,
): Promise<Sealed> {
  const key = digestOf([String(recipe), ...inputs]);
  const target = join(work.folder, name);
  const present = await readSealed(target, key, work.signal);
  if (present) return present;

  await using aside = await openAside(work.folder, name);
  await make(aside.path);
  work.signal.throwIfAborted();
  const files = await hashFiles(aside.path, await readdir(aside.path), work.signal);
  await writeFile(join(aside.path, sealFile), JSON.stringify({ inputs: key, files }));
  // A run that hung and was let go of may wake up here: the next one has the name by now.
  work.signal.throwIfAborted();
  await settle(aside, target, async (folder) => (await readSealed(folder, key, work.signal)) !== undefined);

  // Read anew: another run's folder may have been first, and it need not be the same to the byte.
  const made = await readSealed(target, key, work.signal);
  if (!made) throw new Error('the files of this stage were changed while it ran');
  return made;
}

/** Undefined if any file is missing, damaged, or made from other inputs. */
async function readSealed(folder: string, inputs: string, signal: AbortSignal): Promise<Sealed | undefined> {
  try {
    const seal = Seal.parse(JSON.parse(await readFile(join(folder, sealFile), 'utf8')));
    if (seal.inputs !== inputs) return undefined;
    const names = Object.keys(seal.files);
    const found = await hashFiles(folder, names, signal);
    if (names.some((name) => found[name] !== seal.files[name])) return undefined;
    return { folder, digest: digestOf(names.sort().flatMap((name) => [name, found[name] ?? ''])) };
  } catch (error) {
    const isDamage = error instanceof SyntaxError || error instanceof z.ZodError;
    if (isDamage || hasCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return undefined;
    throw error;
  }
}

async function hashFiles(folder: string, names: string[], signal: AbortSignal): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const name of names) {
    signal.throwIfAborted();
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(join(folder, name))) hash.update(chunk);
    hashes[name] = hash.digest('hex');
  }
  return hashes;
}

/** Of parts that may hold any text: JSON keeps where one ends and the next begins. */
function digestOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
