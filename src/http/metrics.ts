import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import { hasRole } from '../auth/principal.ts';
import { TopLevelCode } from '../graphql/index.ts';
import type { Log } from '../log.ts';
import type { Arrival } from './arrival.ts';
import type { Door } from './door.ts';
import { HTTP_TIMES, serverOptions } from './http-times.ts';
import { listen } from './listen.ts';
import { checkHost } from './origin.ts';
import { METRICS_PATH } from './paths.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { httpError, sendError } from './send-error.ts';

/** The figures of this process, as Prometheus reads them. */
export interface MetricsText {
  /** The media type of text(). */
  readonly contentType: string;
  text(): Promise<string>;
}

/** Whom figures are served to: they are of everybody's batches. */
export interface MetricsGuest {
  arrival: Arrival;
  door: Door;
  metricsText: MetricsText;
}

/** Sends the figures to admins. Throws a GraphQLError for anybody else: UNAUTHENTICATED or FORBIDDEN. */
export async function serveMetrics(
  request: IncomingMessage,
  response: ServerResponse,
  { arrival, door, metricsText }: MetricsGuest,
): Promise<void> {
  using guest = await door.enter(arrival, arrival.authorization);
  if (!hasRole(guest.principal, 'admin')) {
    throw httpError(
      403,
      TopLevelCode.forbidden,
      `The figures take the role admin, and this token has ${guest.principal.role}.`,
    );
  }
  await sendMetrics(request, response, metricsText);
}

/** Where a server for figures alone listens. */
export interface MetricsServerOptions {
  host: string;
  /** 0 takes any that is free. */
  port: number;
  /** Names by which requests may call this host; undefined: any. */
  allowedHosts: readonly string[] | undefined;
  metricsText: MetricsText;
  log: Log;
}

/** A server that listens. Disposing of it cuts its connections. */
export interface MetricsServer extends AsyncDisposable {
  /** http://127.0.0.1:9464 */
  readonly url: string;
}

/**
 * Serves the figures alone, to whoever can reach the address. Throws PortTakenError, or ListenError
 * where it can't listen for another reason.
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { host, port, allowedHosts, metricsText, log } = options;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    checkHost(request, allowedHosts);
    if (request.url?.split('?')[0] !== METRICS_PATH) {
      throw httpError(404, TopLevelCode.badRequest, `The figures are at ${METRICS_PATH}.`);
    }
    await sendMetrics(request, response, metricsText);
  };
  const server = createServer(serverOptions(HTTP_TIMES), (request, response) => {
    setSecurityHeaders(response);
    answer(request, response).catch((error: unknown) => {
      if (error instanceof GraphQLError) {
        return sendError(request, response, error);
      }
      log.error({ err: error }, 'the figures could not be sent');
      response.destroy();
    });
  });
  const { url } = await listen(server, host, port);
  return {
    url,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function sendMetrics({ method }: IncomingMessage, response: ServerResponse, figures: MetricsText): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    throw httpError(405, TopLevelCode.badRequest, 'The figures are read with GET.');
  }
  const text = await figures.text();
  response.writeHead(200, { 'content-type': figures.contentType, 'cache-control': 'no-store' });
  response.end(method === 'HEAD' ? undefined : text);
}
