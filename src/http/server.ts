import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import type { GraphQLError } from 'graphql';
import type { Authenticator } from '../auth/authenticator.ts';
import { reportError, type Services } from '../graphql/index.ts';
import type { Log } from '../log.ts';
import { Admission, type ClientLimits } from './admission.ts';
import { makeOriginCheck } from './allow-origins.ts';
import { type Arrival, arrivalOf } from './arrival.ts';
import { answerBrokenRequests } from './broken-requests.ts';
import type { TrustedProxies } from './client-address.ts';
import { DeadPeers } from './dead-peers.ts';
import { Door } from './door.ts';
import { HTTP_TIMES, type HttpTimes, serverOptions } from './http-times.ts';
import { LibraryAccess } from './library-access.ts';
import type { LibraryGrants } from './library-grants.ts';
import { listen } from './listen.ts';
import { type MetricsText, serveMetrics } from './metrics.ts';
import { type OperationMetrics, OperationWatch } from './operation-watch.ts';
import { checkHost } from './origin.ts';
import { missingPages } from './pages.ts';
import { GRAPHQL_PATH, HEALTH_PATH } from './paths.ts';
import { logRequest } from './request-log.ts';
import { Requests } from './requests.ts';
import { isGraphql, route } from './routes.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { sendError } from './send-error.ts';
import { Sessions } from './sessions.ts';
import { cutWhenStalled } from './stalled.ts';
import type { TrustedDocuments } from './trusted-documents.ts';
import { type Sockets, serveSockets } from './ws.ts';
import { makeYoga } from './yoga.ts';

/** How the service is served. */
export interface HttpOptions {
  host: string;
  /** 0 takes any that is free. */
  port: number;
  services: Services;
  authenticator: Authenticator;
  clientLimits: ClientLimits;
  /** Names by which requests may call this host; undefined: any. */
  allowedHosts: readonly string[] | undefined;
  /** Origins of other web pages that may use the API, in lower case. */
  allowedOrigins: readonly string[];
  isTrustedProxy: TrustedProxies;
  /** Whether the database answers. Never rejects. */
  pingDatabase(): Promise<boolean>;
  /** Folder of the finished videos. */
  libraryDir: string;
  /** Checks the addresses of finished videos that were signed. */
  libraryGrants: LibraryGrants;
  /** To whom the batch of a project belongs; undefined where there is no such project. */
  findOwner(projectId: string): Promise<string | undefined>;
  /** Folder of the built dashboard; undefined where it is not to be served. */
  dashboardDir: string | undefined;
  /** Folder of the built GraphiQL; undefined where it is not to be served. */
  graphiqlDir: string | undefined;
  /** The only documents that are run; any unless given. */
  trustedDocuments?: TrustedDocuments | undefined;
  /** Who keeps figures of operations; nobody unless told otherwise. */
  metrics?: OperationMetrics | undefined;
  /** The figures that are served at /metrics; nothing is unless told otherwise. */
  metricsText?: MetricsText | undefined;
  /** How long requests under way may take once the server is told to stop; 5 s unless told otherwise. */
  graceMs?: number;
  /** How long clients may take; HTTP_TIMES unless told otherwise. */
  times?: Partial<HttpTimes>;
  /** How often the tokens in use are looked at again; 15 s unless told otherwise. */
  tokenCheckMs?: number;
  /** How long a WebSocket's client may take to send connection_init; 3 s unless told otherwise. */
  initTimeoutMs?: number;
  log: Log;
}

/** A server that listens. Disposing of it ends all streams and connections. */
export interface HttpServer extends AsyncDisposable {
  /** http://127.0.0.1:4000 */
  readonly url: string;
  readonly port: number;
  /** How many connections of clients are open: WebSockets, and all others. */
  connections(): Promise<{ websocket: number; http: number }>;
  /** What /health/ready says of this process; ready from the start, unless told otherwise. */
  setReady(ready: boolean): void;
}

const DEFAULT_GRACE_MS = 5_000;

/** Starts the HTTP server. Throws PortTakenError, or ListenError where it can't listen for another reason. */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { host, port, log, graceMs = DEFAULT_GRACE_MS } = options;
  const { services, authenticator, dashboardDir, graphiqlDir, metricsText } = options;
  const times = { ...HTTP_TIMES, ...options.times };
  for (const line of missingPages({ dashboardDir, graphiqlDir })) {
    log.warn(line);
  }
  const admission = new Admission(options.clientLimits);
  const sessions = new Sessions({ authenticator, checkMs: options.tokenCheckMs, log });
  const door = new Door({ authenticator, admission, sessions });
  const watch = new OperationWatch(options.metrics);
  const yoga = makeYoga({ services, admission, watch, trustedDocuments: options.trustedDocuments, log });
  const library = authenticator.isRequired
    ? new LibraryAccess({ ...options, door, grants: options.libraryGrants, isUnavailable: services.isUnavailable })
    : undefined;
  const answersPreflight = makeOriginCheck(options.allowedOrigins);
  const requests = new Requests();
  const deadPeers = new DeadPeers(times.pingMs);
  const readArrival = (request: IncomingMessage) => arrivalOf(request, options.isTrustedProxy, log);
  let ready = true;
  const serveGraphql = async (request: IncomingMessage, response: ServerResponse, arrival: Arrival) => {
    const guest = await door.enter(arrival, arrival.authorization);
    if (response.closed) {
      return guest[Symbol.dispose]();
    }
    response.once('close', () => guest[Symbol.dispose]());
    await admission.countRequest(guest.client);
    // What one is told is for nobody else.
    response.setHeader('cache-control', 'no-store');
    await yoga.handle(request, response, door.incomingOf(arrival, guest));
  };
  const answer = async (request: IncomingMessage, response: ServerResponse, arrival: Arrival) => {
    checkHost(request, options.allowedHosts);
    // A load balancer has to be told how the service is, however many it sends.
    if (request.url?.startsWith(`${HEALTH_PATH}/`) !== true) {
      const connection = admission.openConnection(arrival.address);
      response.once('close', () => connection[Symbol.dispose]());
    }
    if (answersPreflight(request, response)) {
      return;
    }
    await route(request, response, {
      ...options,
      isReady: () => ready,
      isFileThere: library && ((file) => library.isThere(arrival, file)),
      serveMetrics: metricsText && (() => serveMetrics(request, response, { arrival, door, metricsText })),
      serveGraphql: () => serveGraphql(request, response, arrival),
    });
  };
  const server = createServer(serverOptions(times), (request, response) => {
    const arrival = readArrival(request);
    requests.add(request, response);
    cutWhenStalled(response, times.stalledMs);
    deadPeers.add(response);
    logRequest(arrival, request, response);
    response.setHeader('x-request-id', arrival.requestId);
    setSecurityHeaders(response);
    answer(request, response, arrival).catch((error: unknown) => {
      const told = reportError(error, { ...arrival, isUnavailable: services.isUnavailable });
      if (isGraphql(request)) {
        watch.answered({ ...arrival, transport: 'http', errors: [told] });
      }
      refuse(request, response, told);
    });
  });
  answerBrokenRequests(server);
  const { pingMs } = times;
  const inside = { yoga, door, admission, watch, readArrival };
  const sockets = serveSockets(server, { ...options, ...inside, pingMs, path: GRAPHQL_PATH });
  const address = await listen(server, host, port);
  const stop = async () => {
    ready = false;
    const closed = once(server, 'close');
    server.close();
    await sockets[Symbol.asyncDispose]();
    await requests.finish(graceMs);
    server.closeAllConnections();
    await closed;
    await yoga.dispose();
    deadPeers[Symbol.dispose]();
    sessions[Symbol.dispose]();
  };
  let stopped: Promise<void> | undefined;
  return {
    ...address,
    connections: () => connectionsOf(server, sockets),
    setReady: (isReady) => {
      ready = isReady;
    },
    [Symbol.asyncDispose]() {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** Answers with an error; a client that has had a part of its answer is cut off. */
function refuse(request: IncomingMessage, response: ServerResponse, told: GraphQLError): void {
  if (response.headersSent) {
    response.destroy();
  } else {
    sendError(request, response, told);
  }
}

/** A server counts what has become a WebSocket, too. */
async function connectionsOf(server: Server, { size: websocket }: Sockets): ReturnType<HttpServer['connections']> {
  const all = await promisify(server.getConnections.bind(server))();
  return { websocket, http: Math.max(all - websocket, 0) };
}
