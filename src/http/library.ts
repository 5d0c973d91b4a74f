import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LibraryFile } from './library-access.ts';
import { LIBRARY_POLICY } from './security-headers.ts';
import { isRead, sendFile } from './send-file.ts';
import { sendJson } from './send-json.ts';

/** What the library serves, and to whom. */
export interface Library {
  libraryDir: string;
  /** Whether a file is there for whoever asks; throws as LibraryAccess does. Undefined: all are, for everybody. */
  isFileThere: ((file: LibraryFile) => Promise<boolean>) | undefined;
}

/** A retry may put another video in the place of one; until then a browser need not ask. */
const MAX_AGE_S = 60 * 60;

/** Serves a file of the library, with ranges and ETags. `path` is what comes after /library. */
export async function sendFromLibrary(
  request: IncomingMessage,
  response: ServerResponse,
  { libraryDir, isFileThere, path, query }: Library & LibraryFile,
): Promise<void> {
  if (!isRead(request, response)) {
    return;
  }
  if (isFileThere !== undefined) {
    response.appendHeader('vary', 'authorization');
    if (!(await isFileThere({ path, query }))) {
      return sendJson(response, 404, { error: 'not found' });
    }
  }
  const headers = {
    'content-security-policy': LIBRARY_POLICY,
    // What only some may have, no cache that others share may keep.
    'cache-control': `${isFileThere === undefined ? 'public' : 'private'}, max-age=${MAX_AGE_S}`,
  };
  sendFile(request, response, { root: libraryDir, path, options: { cacheControl: false }, headers });
}
