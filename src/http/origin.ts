import type { IncomingMessage } from 'node:http';

/**
 * Whether a request comes from this service's own pages, or from no page at all. Browsers let any
 * web page open a WebSocket to any server, and only say whose page it was.
 */
export function isSameOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}
