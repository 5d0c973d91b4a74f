import type { IncomingMessage, ServerResponse } from 'node:http';
import send from 'send';
import { sendJson } from './send-json.ts';

/** A retry may put another video in the place of one; until then a browser need not ask. */
const MAX_AGE_MS = 60 * 60 * 1000;

/**
 * Serves a file of the library, with ranges and ETags. `path` is what comes after /library. Dotfiles,
 * folders and whatever leads out of the library are not found.
 */
export function sendFromLibrary(
  request: IncomingMessage,
  response: ServerResponse,
  { libraryDir, path }: { libraryDir: string; path: string },
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    sendJson(response, 405, { error: 'method not allowed' });
    return;
  }
  const notFound = () => sendJson(response, 404, { error: 'not found' });
  send(request, path, { root: libraryDir, dotfiles: 'ignore', index: false, maxAge: MAX_AGE_MS })
    .on('error', (error: { status?: number }) => {
      if (response.headersSent) {
        response.destroy();
      } else if (error.status === 416) {
        sendJson(response, 416, { error: 'range not satisfiable' });
      } else {
        notFound();
      }
    })
    .on('directory', notFound)
    .pipe(response);
}
