import type { IncomingMessage, ServerResponse } from 'node:http';
import { LIBRARY_POLICY } from './security-headers.ts';
import { isRead, sendFile } from './send-file.ts';

/** A retry may put another video in the place of one; until then a browser need not ask. */
const MAX_AGE_MS = 60 * 60 * 1000;

/** Serves a file of the library, with ranges and ETags. `path` is what comes after /library. */
export function sendFromLibrary(
  request: IncomingMessage,
  response: ServerResponse,
  { libraryDir, path }: { libraryDir: string; path: string },
): void {
  if (isRead(request, response)) {
    const headers = { 'content-security-policy': LIBRARY_POLICY };
    sendFile(request, response, { root: libraryDir, path, options: { maxAge: MAX_AGE_MS }, headers });
  }
}
