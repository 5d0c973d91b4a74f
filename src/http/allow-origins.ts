import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from 'cors';

/** How long a browser may remember what it was allowed. */
const MAX_AGE_S = 600;

/**
 * Lets pages of these origins use the API (CORS); those of no others, as any web page could use the
 * service in the name of whoever looks at it. Gives true where the request was only a browser's
 * question (preflight), which has been answered then. No cookies are ever asked for.
 */
export function makeOriginCheck(
  origins: readonly string[],
): (request: IncomingMessage, response: ServerResponse) => boolean {
  if (origins.length === 0) {
    return () => false;
  }
  const allow = cors({
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST'],
    allowedHeaders: ['accept', 'accept-language', 'authorization', 'content-type', 'range', 'x-request-id'],
    exposedHeaders: ['content-range', 'etag', 'retry-after', 'x-request-id'],
    maxAge: MAX_AGE_S,
  });
  return (request, response) => {
    let isOver = true;
    allow(request, response, () => {
      isOver = false;
    });
    return isOver;
  };
}
