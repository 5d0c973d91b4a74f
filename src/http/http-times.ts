import type { ServerOptions } from 'node:http';

/** How long clients may take over HTTP, in milliseconds. */
export interface HttpTimes {
  /** To send the headers of a request, or anything at all on a new connection. */
  readonly headersMs: number;
  /** To send a request with its body. */
  readonly requestMs: number;
  /** Without taking any of an answer that waits for them. */
  readonly stalledMs: number;
  /** Between two requests on one connection. */
  readonly keepAliveMs: number;
  /** How often the first two are looked at. */
  readonly checkMs: number;
  /** Between two pings over a WebSocket: a client that has not answered the last one has gone; so has one that acknowledges no event of a stream for so long. */
  readonly pingMs: number;
}

/**
 * Enough for 32 MB at 2 Mbit/s. Connections are kept for longer than load balancers keep theirs, as
 * one that is closed just when the next request comes fails that request.
 */
export const HTTP_TIMES: HttpTimes = {
  headersMs: 10_000,
  requestMs: 130_000,
  stalledMs: 60_000,
  keepAliveMs: 65_000,
  checkMs: 2_000,
  pingMs: 12_000,
};

const MAX_HEADER_BYTES = 16 * 1024;

/** What node:http takes for these times. */
export function serverOptions({ headersMs, requestMs, keepAliveMs, checkMs }: HttpTimes): ServerOptions {
  return {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: checkMs,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
}
