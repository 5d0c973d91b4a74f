import { execFile } from 'node:child_process';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestFolder } from '../helpers/process.ts';

/** A disk of a test's own, small enough to be filled. Disposing of it takes it away. */
export interface SmallDisk extends AsyncDisposable {
  /** Where it is mounted. */
  readonly path: string;
  /** Takes the room that it has but for so many bytes, 0 unless given; or every name that a file can have. */
  fill(what?: { leaveBytes: number } | 'names'): Promise<void>;
  /** Gives back what fill() took. */
  free(): Promise<void>;
  /** Has the system refuse every write, as it does on a disk with errors; fails while a file is open for writing. */
  setReadOnly(isReadOnly: boolean): Promise<void>;
}

const SIZE_MB = 48;
const FILES = 1_000;

const run = promisify(execFile);

/** Mounts one, of so many megabytes and files. Takes root, or a user namespace that makes one: unshare --user --map-root-user --mount npm run test:faults. */
export async function mountSmallDisk({ sizeMb = SIZE_MB, files = FILES } = {}): Promise<SmallDisk> {
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await createTestFolder());
  await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,nr_inodes=${files},mode=755`, 'showrunner-test', path]);
  // Lazily: what still has a file open there must not keep the test from ending.
  stack.defer(async () => {
    await run('umount', ['--lazy', path]);
  });
  const ballast = join(path, 'ballast');
  const done = stack.move();
  return {
    path,
    async fill(what = { leaveBytes: 0 }) {
      await mkdir(ballast);
      if (what === 'names') {
        for (let at = 0; await untilFull(() => writeFile(join(ballast, `name ${at}`), '')); at++);
      } else {
        await writeFile(join(path, 'left'), Buffer.alloc(what.leaveBytes));
        await writeWhole(join(ballast, 'bytes'));
        await rm(join(path, 'left'));
      }
    },
    free: () => rm(ballast, { recursive: true, force: true }),
    async setReadOnly(isReadOnly) {
      await run('mount', ['-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, path]);
    },
    [Symbol.asyncDispose]: () => done.disposeAsync(),
  };
}

/** Whether there was room. */
async function untilFull(write: () => Promise<void>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') {
      return false;
    }
    throw error;
  }
}

/** Writes until the disk says no: ever less at a time, so that nothing is left. */
async function writeWhole(path: string): Promise<void> {
  await using file = await open(path, 'w');
  for (const size of [1024 * 1024, 4096, 1]) {
    while (await untilFull(() => file.appendFile(Buffer.alloc(size))));
  }
}
