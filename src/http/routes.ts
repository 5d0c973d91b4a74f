import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Readiness, sendLive, sendReady } from './health.ts';
import { type Library, sendFromLibrary } from './library.ts';
import { sendDashboard, sendGraphiql, sendGraphiqlFile, wantsPage } from './pages.ts';
import { GRAPHIQL_FILES_PATH, GRAPHQL_PATH, HEALTH_PATH, LIBRARY_PATH, METRICS_PATH } from './paths.ts';
import { sendJson } from './send-json.ts';

/** What the routes lead to. */
export interface Routes extends Readiness, Library {
  /** Folder of the built dashboard; undefined where it is not to be served. */
  dashboardDir: string | undefined;
  /** Folder of the built GraphiQL; undefined where it is not to be served. */
  graphiqlDir: string | undefined;
  /** Undefined where the figures are not served here. */
  serveMetrics?: (() => Promise<void>) | undefined;
  serveGraphql(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Answers a request by its path. */
export async function route(request: IncomingMessage, response: ServerResponse, routes: Routes): Promise<void> {
  if (!isWhole(request)) {
    return sendJson(response, 400, { error: 'bad request' });
  }
  const { dashboardDir, graphiqlDir } = routes;
  const [path = '', query] = String(request.url).split(/\?(.*)/s);
  // /library/a/b is a/b in the library; each of these roots belongs to one of them alone.
  const [, root = '', rest = ''] = /^(\/[^/]*)(.*)$/s.exec(path) ?? [];
  switch (root) {
    case GRAPHQL_PATH:
      if (rest !== '') {
        break;
      }
      return graphiqlDir !== undefined && wantsPage(request)
        ? sendGraphiql(request, response, graphiqlDir)
        : routes.serveGraphql(request, response);
    case GRAPHIQL_FILES_PATH:
      if (graphiqlDir === undefined) {
        break;
      }
      return sendGraphiqlFile(request, response, { dir: graphiqlDir, path: rest });
    case HEALTH_PATH:
      if (rest === '/live') {
        return sendLive(response);
      }
      if (rest === '/ready') {
        return sendReady(response, routes);
      }
      break;
    case METRICS_PATH:
      if (rest === '' && routes.serveMetrics !== undefined) {
        return routes.serveMetrics();
      }
      break;
    case LIBRARY_PATH:
      return sendFromLibrary(request, response, { ...routes, path: rest, query: new URLSearchParams(query) });
    default:
      if (dashboardDir !== undefined) {
        return sendDashboard(request, response, { dir: dashboardDir, path });
      }
  }
  sendJson(response, 404, { error: 'not found' });
}

/** Whether its address is one: what is made of Host and path has to be a URL. */
function isWhole({ headers: { host }, url }: IncomingMessage): boolean {
  return url?.startsWith('/') === true && URL.canParse(`http://${host || 'here'}${url}`);
}

/** Whether a request asks for GraphQL. */
export function isGraphql({ url }: IncomingMessage): boolean {
  return url?.split('?')[0] === GRAPHQL_PATH;
}
