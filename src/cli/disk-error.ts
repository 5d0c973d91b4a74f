import { dirname } from 'node:path';
import { codeOf, RefusedError, UnwritableError } from './failures.ts';

const FULL = ['ENOSPC', 'EDQUOT'];
const FORBIDDEN = ['EACCES', 'EPERM', 'EROFS'];
/** A limit of the file system, or of the user. */
const TOO_LARGE = 'EFBIG';

/** Whether it was the disk that failed, where it can have been the network. */
export function isOfDisk(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && ['write', 'open', 'close'].includes(String(error.syscall));
}

/** Says what is wrong where a file can't be written: UnwritableError where others can't be written there, either. */
export function diskError(file: string, error: unknown): RefusedError {
  const code = codeOf(error) ?? '';
  const folder = dirname(file);
  if (FULL.includes(code)) {
    return new UnwritableError(`${folder}: the disk is full: make room, and run the command again to go on`);
  }
  if (code === TOO_LARGE) {
    return new UnwritableError(`${folder}: files may not get that large there: give another folder with --to`);
  }
  if (FORBIDDEN.includes(code)) {
    return new UnwritableError(`${folder}: nothing can be written there (${code}): give another folder with --to`);
  }
  return new RefusedError(`${file}: can't be written (${error instanceof Error ? error.message : error})`);
}

/** Waits for what is done on the disk for a file. Throws what diskError makes of a failure. */
export async function onDisk<T>(file: string, done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (error) {
    throw diskError(file, error);
  }
}
