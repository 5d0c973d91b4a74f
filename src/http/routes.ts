import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Readiness, sendLive, sendReady } from './health.ts';
import { sendFromLibrary } from './library.ts';
import { sendJson } from './send-json.ts';

/** Where GraphQL is, over HTTP and WebSocket. */
export const GRAPHQL_PATH = '/graphql';

const LIBRARY_PATH = '/library';

/** What the routes lead to. */
export interface Routes extends Readiness {
  libraryDir: string;
  /** Never rejects. */
  serveGraphql(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Answers a request by its path. */
export function route(request: IncomingMessage, response: ServerResponse, routes: Routes): void {
  setSecurityHeaders(response);
  const path = request.url?.split('?')[0] ?? '/';
  if (path === GRAPHQL_PATH) {
    void routes.serveGraphql(request, response);
  } else if (path === '/health/live') {
    sendLive(response);
  } else if (path === '/health/ready') {
    void sendReady(response, routes);
  } else if (path.startsWith(`${LIBRARY_PATH}/`)) {
    const { libraryDir } = routes;
    sendFromLibrary(request, response, { libraryDir, path: path.slice(LIBRARY_PATH.length) });
  } else if (path === '/') {
    response.writeHead(302, { location: GRAPHQL_PATH }).end();
  } else {
    sendJson(response, 404, { error: 'not found' });
  }
}

/** For every answer: nothing is guessed to be a script, nothing is shown inside another's page. */
function setSecurityHeaders(response: ServerResponse): void {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('referrer-policy', 'no-referrer');
}
