const MEANINGS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than the system allows',
  EACCES: 'the data folder may not be written to',
  EPERM: 'the data folder may not be written to',
  EROFS: 'the data folder is read-only',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EIO: 'the disk failed',
  ENOENT: 'a file went missing while it was needed',
  ENOTDIR: 'the data folder has a file where a folder should be',
};

/** Whether the error is the operating system's and has one of these codes. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}

/**
 * The same error with a short message that a client may read: the system's own names absolute paths.
 * The original is its cause. What is not the system's error comes back as it was.
 */
export function diskError(error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  return new Error(MEANINGS[code] ?? `the disk failed (${code})`, { cause: error });
}
