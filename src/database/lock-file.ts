import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DatabaseLockedError, reasonOf } from './errors.ts';
import { type DatabaseLog, silentLog } from './log.ts';
import { FileHeld, type Found, type LockTimes, readOwned, releaseFile, takeFile } from './owned-file.ts';

/** Drafts and claims live for milliseconds. */
const LEFTOVER_AGE_MS = 60_000;

const TIMES: LockTimes = { touchMs: 3_000, staleMs: 15_000 };

/** How a lock file is taken. */
export interface LockFileOptions {
  log?: DatabaseLog | undefined;
  /** Shorter times, for tests. */
  times?: LockTimes | undefined;
}

/**
 * Takes a lock file until the result is disposed of. Throws DatabaseLockedError, which names the
 * holder, where a living process has it. One that a dead process of this machine has left is taken
 * over at once; one of another machine or container when it was not touched for 15 s, for which
 * this waits.
 */
export async function takeLock(path: string, options: LockFileOptions = {}): Promise<AsyncDisposable> {
  const { log = silentLog, times = TIMES } = options;
  let token: string;
  try {
    token = await takeFile(path, times);
  } catch (error) {
    throw error instanceof FileHeld ? new DatabaseLockedError(describe(path, error.found)) : error;
  }
  await removeLeftovers(path).catch(() => {});
  const timer = setInterval(touch, times.touchMs).unref();
  let isLost = false;
  async function touch(): Promise<void> {
    try {
      if ((await readOwned(path))?.token === token) {
        const now = new Date();
        await utimes(path, now, now);
        return;
      }
    } catch (error) {
      log.warn({ err: error, path }, 'the lock file could not be touched');
      return;
    }
    clearInterval(timer);
    if (isLost) {
      // A touch that began before the last one had ended has seen the same, and said so.
      return;
    }
    isLost = true;
    log.error(
      { path },
      "the lock file is not this process's own any more: another process may be using the same database",
    );
  }
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      try {
        await releaseFile(path, token);
      } catch (error) {
        log.warn({ path }, `the lock file could not be removed: ${reasonOf(error)}`);
      }
    },
  };
}

function describe(path: string, { owner }: Found): string {
  const holder =
    owner === undefined
      ? "a process that can't be told"
      : `process ${owner.pid} on ${owner.hostname} since ${owner.startedAt} (${owner.command})`;
  return `The embedded database is in use by ${holder}; its lock file is ${path}. Stop that process, or use another DATA_DIR`;
}

/** Removes what processes that were killed while they took the lock have left beside it. */
async function removeLeftovers(path: string): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    const file = join(dirname(path), name);
    if (name.startsWith(`${basename(path)}.`) && Date.now() - (await stat(file)).mtimeMs > LEFTOVER_AGE_MS) {
      await rm(file, { force: true });
    }
  }
}
