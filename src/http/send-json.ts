import type { ServerResponse } from 'node:http';

/** Answers with JSON that nobody is to keep. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  mediaType: string = 'application/json',
): void {
  response.writeHead(status, {
    'content-type': `${mediaType}; charset=utf-8`,
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
}
