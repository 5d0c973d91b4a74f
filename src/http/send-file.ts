import type { IncomingMessage, ServerResponse } from 'node:http';
import send from 'send';
import { sendJson } from './send-json.ts';

/** Which file to send, and how. */
export interface FileToSend {
  /** Nothing outside of this folder is sent. */
  root: string;
  /** Its path below the root, with a slash in front, as it stands in the address. */
  path: string;
  options?: Pick<send.SendOptions, 'acceptRanges' | 'cacheControl' | 'maxAge'>;
  /** Headers of the answer where the file is there. */
  headers?: Readonly<Record<string, string>>;
  /** Answers where it is not. */
  notFound?: () => void;
}

/** True for a request that only reads; any other is answered with 405. */
export function isRead(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') {
    return true;
  }
  response.setHeader('allow', 'GET, HEAD');
  sendJson(response, 405, { error: 'method not allowed' });
  return false;
}

/** Sends a file, with an ETag. Dotfiles, folders and whatever leads out of the root are not found. */
export function sendFile(request: IncomingMessage, response: ServerResponse, file: FileToSend): void {
  const { root, path, options, headers = {} } = file;
  const notFound = file.notFound ?? (() => sendJson(response, 404, { error: 'not found' }));
  send(request, path, { ...options, root, dotfiles: 'ignore', index: false })
    .on('headers', () => response.setHeaders(new Map(Object.entries(headers))))
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
