import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { DocumentNode, GraphQLError, GraphQLFormattedError } from 'graphql';
import { handleProtocols, makeServer, type ServerOptions, type SubscribePayload } from 'graphql-ws';
import type { Extra } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { reportError, type Services, TopLevelCode } from '../graphql/index.ts';
import type { Log } from '../log.ts';
import { isSameOrigin } from './origin.ts';
import { speakProtocol } from './socket-protocol.ts';
import type { Incoming, makeYoga } from './yoga.ts';

/** How GraphQL is served over WebSocket (graphql-transport-ws). */
export interface SocketOptions {
  yoga: ReturnType<typeof makeYoga>;
  services: Services;
  path: string;
  maxBodyBytes: number;
  /** How long a client may take to send connection_init; 3 s unless told otherwise. */
  initTimeoutMs?: number | undefined;
  log: Log;
  /** Who asks, by the request that opened the connection; called once per operation. */
  incomingOf(request: IncomingMessage): Incoming;
}

/** Going away: graphql-ws clients connect again after this code. */
const GOING_AWAY = 1001;
const CLOSE_MS = 1_000;

/** Takes WebSocket connections until the result is disposed of, which closes them. */
export function serveSockets(server: Server, options: SocketOptions): AsyncDisposable {
  const { path, maxBodyBytes, log } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxBodyBytes, handleProtocols });
  const protocol = makeServer(handlersOf(options));
  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    // An error that nobody hears ends the process.
    socket.on('error', (error) => log.debug({ err: error }, 'a WebSocket broke'));
    speakProtocol(protocol, socket, request, log);
  });

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {});
    if (request.url?.split('?')[0] !== path) {
      refuse(socket, '404 Not Found');
    } else if (!isSameOrigin(request)) {
      refuse(socket, '403 Forbidden');
    } else {
      sockets.handleUpgrade(request, socket, head, (opened) => {
        sockets.emit('connection', opened, request);
      });
    }
  };
  server.on('upgrade', upgrade);

  return {
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

/** One operation, as the log will tell of it. */
interface Running extends Incoming {
  enveloped: ReturnType<SocketOptions['yoga']['getEnveloped']>;
  startedMs: number;
}

function handlersOf({
  yoga,
  services,
  initTimeoutMs = 3_000,
  incomingOf,
}: SocketOptions): ServerOptions<Record<string, unknown> | undefined, Extra> {
  // By what graphql-ws hands on: the payload of the subscribe message, and the arguments made of it.
  const running = new WeakMap<object, Running>();
  const envelopedOf = (key: object) => {
    const found = running.get(key);
    if (found === undefined) {
      throw new Error('graphql-ws runs an operation that was not prepared');
    }
    return found.enveloped;
  };
  return {
    connectionInitWaitTimeout: initTimeoutMs,
    async onSubscribe({ extra }, _id, payload) {
      const incoming = incomingOf(extra.request);
      const enveloped = yoga.getEnveloped({ ...incoming, params: payload });
      const operation = { ...incoming, enveloped, startedMs: performance.now() };
      running.set(payload, operation);
      try {
        const prepared = await prepare(operation, payload);
        running.set(prepared, operation);
        return prepared;
      } catch (error) {
        // Let through, it would close the connection, and end every other operation on it.
        return [reportError(error, { ...incoming.caller, isUnavailable: services.isUnavailable })];
      }
    },
    execute: (args) => envelopedOf(args).execute(args),
    subscribe: (args) => envelopedOf(args).subscribe(args),
    onComplete: (_context, _id, payload) => logOperation(running.get(payload)),
    onError: (_context, _id, payload, errors) => {
      logOperation(running.get(payload));
      return errors.map(formatError);
    },
  };
}

/** What there is to run, or the errors of validation. Throws what parsing and making the context throw. */
async function prepare({ enveloped }: Running, payload: SubscribePayload) {
  const document: DocumentNode = enveloped.parse(payload.query);
  const errors: readonly GraphQLError[] = enveloped.validate(enveloped.schema, document);
  if (errors.length > 0) {
    return errors;
  }
  return {
    schema: enveloped.schema,
    document,
    operationName: payload.operationName,
    variableValues: payload.variables,
    contextValue: await enveloped.contextFactory(),
  };
}

/** As over HTTP: with a code in any case, and without what is for HTTP only. */
function formatError(error: GraphQLError): GraphQLFormattedError {
  const { http: _http, code = TopLevelCode.badRequest, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions: { ...extensions, code } };
}

function logOperation(operation: Running | undefined): void {
  if (operation === undefined) {
    return;
  }
  const { caller, traced, startedMs } = operation;
  const durationMs = Math.round(performance.now() - startedMs);
  caller.log.info({ requestId: caller.requestId, transport: 'ws', ...traced, durationMs }, 'operation');
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
