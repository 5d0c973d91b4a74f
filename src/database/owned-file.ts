import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { livenessOf, type ProcessIdentity, thisProcess } from './process-identity.ts';

/** What stands in a lock file: who made it, and a token that no other file ever has. */
export interface Owner extends ProcessIdentity {
  token: string;
}

/** A lock file as it was found. No owner: it can't be read, which a crash may leave behind. */
export interface Found {
  token: string;
  owner: Owner | undefined;
  mtimeMs: number;
}

/** How long things take around lock files. */
export interface LockTimes {
  /** How often an owner shows that it lives. */
  touchMs: number;
  /** An owner that can't be judged from here is taken for dead after this long without a touch. */
  staleMs: number;
}

/** Somebody who lives has the file. */
export class FileHeld extends Error {
  readonly found: Found;
  constructor(found: Found) {
    super('the file is held');
    this.found = found;
  }
}

const POLL_MS = 20;

/**
 * Makes a file this process's own, and gives its token. A file left by a dead process is taken
 * over; of several processes that try at once, one succeeds. Throws FileHeld where a living one has it.
 */
export async function takeFile(path: string, times: LockTimes): Promise<string> {
  const owner: Owner = { ...thisProcess(), token: randomUUID() };
  for (;;) {
    if (await createWhole(path, owner)) {
      return owner.token;
    }
    const found = await readOwned(path);
    if (found !== undefined && (await isHeld(path, found, times))) {
      throw new FileHeld(found);
    }
    if (found !== undefined && (await replaceDead(path, found, owner, times))) {
      return owner.token;
    }
  }
}

/**
 * Puts this process's file in the place of a dead owner's. Nobody can compare and swap a file, so
 * the right to replace this very one (tokens never come twice) is itself a file that is taken
 * in the same way. Whoever holds it looks again before it replaces: it may have come late.
 */
async function replaceDead(path: string, dead: Found, owner: Owner, times: LockTimes): Promise<boolean> {
  const claim = `${path}.takeover-${dead.token}`;
  let claimToken: string;
  try {
    claimToken = await takeFile(claim, times);
  } catch (error) {
    if (error instanceof FileHeld) {
      // Somebody is at it, and will be the holder in a moment.
      await delay(POLL_MS);
      return false;
    }
    throw error;
  }
  try {
    if ((await readOwned(path))?.token !== dead.token) {
      return false;
    }
    const draft = await writeDraft(path, owner);
    await rename(draft, path);
    return true;
  } finally {
    await releaseFile(claim, claimToken);
  }
}

/** Removes a file, if it is still the one with this token. */
export async function releaseFile(path: string, token: string): Promise<void> {
  if ((await readOwned(path))?.token === token) {
    await rm(path, { force: true });
  }
}

/** Reads a lock file; undefined where there is none. */
export async function readOwned(path: string): Promise<Found | undefined> {
  try {
    const [text, { ino, mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    const owner = parseOwner(text);
    return { owner, token: owner?.token ?? `unreadable-${ino}-${Math.floor(mtimeMs)}`, mtimeMs };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
}

function parseOwner(text: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isOwner(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isOwner(value: unknown): value is Owner {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'hostname' in value &&
    typeof value.hostname === 'string' &&
    'startedAt' in value &&
    typeof value.startedAt === 'string' &&
    'command' in value &&
    typeof value.command === 'string' &&
    'token' in value &&
    typeof value.token === 'string'
  );
}

/** Whether the owner lives. Where only time can tell, this watches for a touch until the file is stale. */
async function isHeld(path: string, found: Found, { staleMs }: LockTimes): Promise<boolean> {
  const liveness = found.owner === undefined ? 'unknown' : livenessOf(found.owner);
  if (liveness !== 'unknown') {
    return liveness === 'alive';
  }
  // The file's clock may be another machine's: no touch while we watched counts as well as an old time.
  const watchedSince = performance.now();
  while (Date.now() - found.mtimeMs <= staleMs && performance.now() - watchedSince <= staleMs) {
    await delay(POLL_MS);
    const now = await readOwned(path);
    if (now?.token !== found.token) {
      return false;
    }
    if (now.mtimeMs !== found.mtimeMs) {
      return true;
    }
  }
  return false;
}

/** Makes the file, content and all, in one step; false where there is one already. */
async function createWhole(path: string, owner: Owner): Promise<boolean> {
  const draft = await writeDraft(path, owner);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) {
      return false;
    }
    if (hasCode(error, 'EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP')) {
      return await createInPlace(path, owner);
    }
    throw error;
  } finally {
    await unlink(draft);
  }
}

/** For file systems without links: a reader may find the file empty for a moment, and then waits. */
async function createInPlace(path: string, owner: Owner): Promise<boolean> {
  try {
    await using file = await open(path, 'wx');
    await file.writeFile(JSON.stringify(owner));
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) {
      return false;
    }
    throw error;
  }
}

async function writeDraft(path: string, owner: Owner): Promise<string> {
  const draft = `${path}.${owner.token}.draft`;
  await writeFile(draft, `${JSON.stringify(owner)}\n`);
  return draft;
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
