import { randomUUID } from 'node:crypto';

/** What a client or a proxy may call a request; anything else could forge lines of a log. */
const SANE = /^[\w.:+/=-]{1,128}$/;

/** The id of a request: the x-request-id header where it is fit to be logged, else a new UUID. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && SANE.test(header) ? header : randomUUID();
}
