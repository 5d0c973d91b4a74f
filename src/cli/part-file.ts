import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const PART = '.part';
/** A longer one does not fit a file's name; such a file is not gone on with. */
const MAX_ETAG_LENGTH = 100;

/**
 * Where a file is while it is not whole. Its ETag stands in the name, so that bytes can never be taken
 * for those of another version, whenever the client is killed.
 */
export function partPath(file: string, etag: string | null): string {
  const written = encodeURIComponent(etag ?? '');
  return `${file}.${written.length > MAX_ETAG_LENGTH ? '' : written}${PART}`;
}

/** What there is of a file that is not whole. */
export interface PartFile {
  readonly path: string;
  /** Of the version that it is a part of. */
  readonly etag: string;
  readonly bytes: number;
}

/** What an earlier try has left of a file, where that can be gone on with. */
export async function findPart(file: string): Promise<PartFile | undefined> {
  for (const name of await partNames(file)) {
    const etag = decoded(name.slice(basename(file).length + 1, -PART.length));
    if (etag !== '') {
      const path = join(dirname(file), name);
      return { path, etag, bytes: (await stat(path)).size };
    }
  }
  return undefined;
}

function decoded(etag: string): string {
  try {
    return decodeURIComponent(etag);
  } catch {
    // A file of somebody else.
    return '';
  }
}

/** Throws away what there is of a file that is not whole. */
export async function removeParts(file: string): Promise<void> {
  for (const name of await partNames(file)) {
    await rm(join(dirname(file), name), { force: true });
  }
}

async function partNames(file: string): Promise<string[]> {
  const entries = await readdir(dirname(file), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.startsWith(`${basename(file)}.`) && entry.name.endsWith(PART))
    .map(({ name }) => name);
}

/** Throws a part away of which there is nothing yet. */
export async function removeEmpty(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.size === 0) {
    await rm(path, { force: true });
  }
}
