import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { hasCode } from './disk-error.ts';
import { makeFolders } from './make-folders.ts';

/** A stage takes seconds: whatever it left untouched for this long is nobody's, wherever it ran. */
const abandonedMs = 10 * 60_000;

/** Of this process. A process id alone would not do: containers reuse theirs, and each has its own 1. */
const live = new Set<string>();

/** A folder of its own to write in, off every real name. Gone once disposed of, unless renamed before. */
export interface Aside extends AsyncDisposable {
  path: string;
  /** What it is for, by which it can be swept. */
  label: string;
}

/** Makes a fresh aside folder in `parent`. The label says what for and must not contain "~". */
export async function openAside(parent: string, label: string): Promise<Aside> {
  const path = join(parent, asideName(label));
  live.add(path);
  try {
    await makeFolders(path);
  } catch (error) {
    live.delete(path);
    throw error;
  }
  return {
    path,
    label,
    async [Symbol.asyncDispose]() {
      // A disk that can't delete must not hide why the stage failed: the next run sweeps.
      await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
      live.delete(path);
    },
  };
}

/**
 * Gives an aside folder its real name at once. Where a whole folder stands already (another run was
 * first), that one stays; a broken one makes room. Two runs may do this at the same time.
 */
export async function settle(
  aside: Aside,
  target: string,
  isWhole: (folder: string) => Promise<boolean>,
): Promise<void> {
  await makeFolders(dirname(target));
  // Each further turn needs another run to put a folder there in between: a few are plenty.
  for (let turn = 0; turn < 5; turn += 1) {
    try {
      return await rename(aside.path, target);
    } catch (error) {
      if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) throw error;
    }
    if (await isWhole(target)) return;
    await using wreck = await openAside(dirname(aside.path), aside.label);
    await rename(target, join(wreck.path, 'wreck')).catch((error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw error;
    });
  }
  throw new Error('other runs kept writing the same files');
}

/** What the aside folders in `parent` are for, each label once. */
export async function asideLabels(parent: string): Promise<string[]> {
  return [...new Set((await namesIn(parent)).flatMap((name) => ownerOf(name)?.label ?? []))];
}

/** Removes the aside folders in `parent` whose run is dead, of one label or of all. */
export async function sweepAsides(parent: string, label?: string): Promise<void> {
  for (const name of await namesIn(parent)) {
    const owner = ownerOf(name);
    if (!owner || (label !== undefined && owner.label !== label)) continue;
    const path = join(parent, name);
    if (await isDead(path, owner)) await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
}

interface Owner {
  label: string;
  host: string;
  pid: number;
}

function asideName(label: string): string {
  return `.${label}~${hostname()}~${process.pid}~${randomUUID()}`;
}

function ownerOf(name: string): Owner | undefined {
  const [label, host, pid, unique] = name.split('~');
  if (!label?.startsWith('.') || !host || !pid || !unique) return undefined;
  return { label: label.slice(1), host, pid: Number(pid) };
}

async function isDead(path: string, owner: Owner): Promise<boolean> {
  if (live.has(path)) return false;
  if (owner.host === hostname() && (owner.pid === process.pid || !isRunning(owner.pid))) return true;
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > abandonedMs;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}
