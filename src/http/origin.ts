import type { IncomingMessage } from 'node:http';
import { httpError } from './send-error.ts';

/** The request calls this host by a name that is not its own. */
export const MISDIRECTED_REQUEST = 'MISDIRECTED_REQUEST';

/**
 * Throws MISDIRECTED_REQUEST (421) where a request calls this host by none of its names. A web page
 * can have its own name lead to this machine (DNS rebinding): to the browser both then are the same
 * place. `hosts` are names without ports; undefined takes any.
 */
export function checkHost({ headers: { host } }: IncomingMessage, hosts: readonly string[] | undefined): void {
  if (!URL.canParse(`http://${host}`)) {
    // No page's name; a request with it is refused as no request at all.
    return;
  }
  const name = host?.replace(/:\d*$/, '').toLowerCase();
  if (hosts !== undefined && name !== undefined && !hosts.some((each) => each.toLowerCase() === name)) {
    throw httpError(
      421,
      MISDIRECTED_REQUEST,
      `This service is not called '${name}'. Whoever runs it can allow that name with ALLOWED_HOSTS.`,
    );
  }
}

/**
 * Whether a request comes from this service's own pages, from a page of one of these origins, or
 * from no page at all. Browsers let any web page open a WebSocket to any server, and only say whose
 * page it was.
 */
export function isAllowedOrigin({ headers }: IncomingMessage, origins: readonly string[]): boolean {
  const { origin, host } = headers;
  return (
    origin === undefined ||
    origins.includes(origin.toLowerCase()) ||
    (URL.canParse(origin) && new URL(origin).host === host)
  );
}
