import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError } from 'graphql';
import { handleProtocols, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { TopLevelCode } from '../graphql/index.ts';
import type { Log } from '../log.ts';
import type { ClientLimits } from './admission.ts';
import { maxValuesFor } from './json-values.ts';
import { checkHost, isAllowedOrigin } from './origin.ts';
import { httpError, refusalOf } from './send-error.ts';
import { ceilingOf } from './socket-limits.ts';
import { type SocketOperationOptions, socketOperations } from './socket-operations.ts';
import { speakProtocol } from './socket-protocol.ts';

/** How GraphQL is served over WebSocket (graphql-transport-ws). */
export interface SocketOptions extends SocketOperationOptions {
  path: string;
  /** Names by which requests may call this host; undefined: any. */
  allowedHosts: readonly string[] | undefined;
  /** Origins of other web pages that may use the API, in lower case. */
  allowedOrigins: readonly string[];
  clientLimits: ClientLimits;
  /** Between two pings: who has not answered the last one has gone. */
  pingMs: number;
  log: Log;
}

/** Going away: graphql-ws clients connect again after this code. */
const GOING_AWAY = 1001;
const CLOSE_MS = 1_000;

/** The WebSockets of a server. Disposing of it closes them. */
export interface Sockets extends AsyncDisposable {
  /** How many are open. */
  readonly size: number;
}

/** Takes WebSocket connections until the result is disposed of, which closes them. */
export function serveSockets(server: Server, options: SocketOptions): Sockets {
  const { log, services, admission } = options;
  const limits = {
    maxOperations: options.clientLimits.maxOperationsPerSocket,
    maxMessageBytes: services.limits.maxBodyBytes,
    maxMessageValues: maxValuesFor(services.limits),
  };
  const protocol = makeServer(socketOperations(options));
  const sockets = new WebSocketServer({ noServer: true, maxPayload: ceilingOf(limits), handleProtocols });
  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    // An error that nobody hears ends the process.
    socket.on('error', (error) => log.debug({ err: error }, 'a WebSocket broke'));
    speakProtocol({ server: protocol, socket, request, limits, pingMs: options.pingMs, log });
  });

  const open = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    checkUpgrade(request, options);
    const { address } = options.readArrival(request);
    await admission.countRequest(`address ${address}`);
    if (socket.destroyed) {
      return;
    }
    const connection = admission.openConnection(address);
    socket.once('close', () => connection[Symbol.dispose]());
    sockets.handleUpgrade(request, socket, head, (opened) => {
      sockets.emit('connection', opened, request);
    });
  };
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {});
    open(request, socket, head).catch((error: unknown) => {
      if (error instanceof GraphQLError) {
        // A client that does not close its side would have it for ever.
        socket.once('finish', () => socket.destroy());
        socket.end(refusalOf(error));
      } else {
        log.error({ err: error }, 'a WebSocket could not be opened');
        socket.destroy();
      }
    });
  };
  server.on('upgrade', upgrade);

  return {
    get size() {
      return sockets.clients.size;
    },
    async [Symbol.asyncDispose]() {
      server.off('upgrade', upgrade);
      const closed = new Promise((resolve) => sockets.close(resolve));
      for (const client of sockets.clients) {
        client.close(GOING_AWAY, 'Going away');
      }
      const late = setTimeout(() => {
        for (const client of sockets.clients) {
          client.terminate();
        }
      }, CLOSE_MS);
      await closed;
      clearTimeout(late);
    },
  };
}

/** Throws a GraphQLError for a request to open a WebSocket that comes to the wrong place or from the wrong page. */
function checkUpgrade(request: IncomingMessage, { path, allowedHosts, allowedOrigins }: SocketOptions): void {
  if (request.url?.split('?')[0] !== path) {
    throw httpError(404, TopLevelCode.badRequest, `WebSockets are opened at ${path}.`);
  }
  checkHost(request, allowedHosts);
  if (!isAllowedOrigin(request, allowedOrigins)) {
    throw httpError(403, TopLevelCode.forbidden, `Pages of ${request.headers.origin} may not use this service.`);
  }
}
