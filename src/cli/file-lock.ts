import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { codeOf } from './failures.ts';

/** A lock is touched so often while it is held. */
const TOUCH_MS = 10_000;
/** One that was not touched for so long, and of whose process nothing is known, is held by nobody. */
const STALE_MS = 60_000;

/** A lock that this process holds. Disposing of it gives it back. */
export type FileLock = AsyncDisposable;

/**
 * Takes a lock, which is a file that says who holds it. Gives undefined where another process has it;
 * that of a process which has died is taken over at once. Throws Node's own errors of the disk.
 */
export async function takeLock(path: string): Promise<FileLock | undefined> {
  // What a process has its number for may have been started since the one that made the lock died.
  const mine = [hostname(), process.pid, await startOf(process.pid)].join(' ');
  while (!(await create(path, mine))) {
    if (!(await removeStale(path, `${path}.${process.pid}`))) {
      return undefined;
    }
  }
  const touching = setInterval(() => utimes(path, new Date(), new Date()).catch(() => {}), TOUCH_MS);
  touching.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(touching);
      await rm(path, { force: true });
    },
  };
}

async function create(path: string, holder: string): Promise<boolean> {
  try {
    await writeFile(path, holder, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      return false;
    }
    // A full disk takes a name, and then no byte.
    await rm(path, { force: true }).catch(() => {});
    throw error;
  }
}

/** Removes a lock that nobody holds, by way of a name of this process's own. False where somebody does. */
async function removeStale(path: string, aside: string): Promise<boolean> {
  const seen = await holderOf(path);
  if (seen === undefined) {
    return true;
  }
  if (await isAlive(seen)) {
    return false;
  }
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      return true;
    }
    throw error;
  }
  const taken = await holderOf(aside);
  if (taken?.said === seen.said) {
    await rm(aside, { force: true });
    return true;
  }
  // Another process was faster, and this is its lock.
  await rename(aside, path);
  return false;
}

interface Holder {
  readonly said: string;
  readonly touchedMs: number;
}

async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    return { said: await readFile(path, 'utf8'), touchedMs: (await stat(path)).mtimeMs };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

async function isAlive({ said, touchedMs }: Holder): Promise<boolean> {
  const [host, pid, start] = said.split(' ');
  if (said !== '' && !/^\S+ \d+ \d*$/.test(said)) {
    // A file of somebody else, who may want it.
    return true;
  }
  if (host !== hostname()) {
    // Of another machine, or not written yet.
    return Date.now() - touchedMs < STALE_MS;
  }
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    // Those of another user answer, too.
    return codeOf(error) === 'EPERM';
  }
  return (await startOf(Number(pid))) === start;
}

/** When a process started, by the count of its system; empty where that is not told, and for one that has died. */
async function startOf(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name of its program, in brackets, may hold spaces.
  const [, state, ...rest] = line.slice(line.lastIndexOf(')') + 1).split(' ');
  return state === 'Z' ? '' : (rest[18] ?? '');
}
