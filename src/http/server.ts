import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { Services } from '../graphql/index.ts';
import type { Log } from '../log.ts';
import { listen } from './listen.ts';
import { matchLocale } from './locale.ts';
import { missingPages } from './pages.ts';
import { GRAPHQL_PATH } from './paths.ts';
import { requestIdOf } from './request-id.ts';
import { logRequest } from './request-log.ts';
import { Requests } from './requests.ts';
import { route } from './routes.ts';
import { serveSockets } from './ws.ts';
import { type Incoming, makeYoga } from './yoga.ts';

/** How the service is served. */
export interface HttpOptions {
  host: string;
  /** 0 takes any that is free. */
  port: number;
  services: Services;
  /** Whether the database answers. Never rejects. */
  pingDatabase(): Promise<boolean>;
  /** Folder of the finished videos. */
  libraryDir: string;
  /** Folder of the built dashboard; undefined where it is not to be served. */
  dashboardDir: string | undefined;
  /** Folder of the built GraphiQL; undefined where it is not to be served. */
  graphiqlDir: string | undefined;
  /** How long requests under way may take once the server is told to stop; 5 s unless told otherwise. */
  graceMs?: number;
  log: Log;
}

/** A server that listens. Disposing of it ends all streams and connections. */
export interface HttpServer extends AsyncDisposable {
  /** http://127.0.0.1:4000 */
  readonly url: string;
  readonly port: number;
  /** What /health/ready says of this process; ready from the start, unless told otherwise. */
  setReady(ready: boolean): void;
}

const DEFAULT_GRACE_MS = 5_000;

/** Starts the HTTP server. Throws PortTakenError, or ListenError where it can't listen for another reason. */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { host, port, log, graceMs = DEFAULT_GRACE_MS } = options;
  const { services, libraryDir, dashboardDir, graphiqlDir } = options;
  const { maxBodyBytes } = services.limits;
  for (const line of missingPages({ dashboardDir, graphiqlDir })) {
    log.warn(line);
  }
  const yoga = makeYoga({ services, maxBodyBytes, log });
  const requests = new Requests();
  const incomingOf = (request: IncomingMessage): Incoming => ({
    caller: {
      locale: matchLocale(request.headers['accept-language']),
      requestId: requestIdOf(request.headers['x-request-id']),
      log,
    },
    traced: {},
  });
  let ready = true;
  const server = createServer((request, response) => {
    const incoming = incomingOf(request);
    requests.add(request, response);
    logRequest(log, incoming, request, response);
    response.setHeader('x-request-id', incoming.caller.requestId);
    const answered = route(request, response, {
      libraryDir,
      dashboardDir,
      graphiqlDir,
      pingDatabase: options.pingDatabase,
      isReady: () => ready,
      serveGraphql: async () => {
        await yoga.handle(request, response, incoming);
      },
    });
    answered.catch((error: unknown) => {
      log.error({ err: error, requestId: incoming.caller.requestId }, 'a request broke');
      response.destroy();
    });
  });
  const sockets = serveSockets(server, { yoga, services, path: GRAPHQL_PATH, maxBodyBytes, log, incomingOf });
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
  };
  let stopped: Promise<void> | undefined;
  return {
    ...address,
    setReady: (isReady) => {
      ready = isReady;
    },
    [Symbol.asyncDispose]() {
      stopped ??= stop();
      return stopped;
    },
  };
}
