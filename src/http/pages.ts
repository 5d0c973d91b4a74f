import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { DASHBOARD_POLICY, GRAPHIQL_FILES_POLICY, GRAPHIQL_POLICY } from './security-headers.ts';
import { isRead } from './send-file.ts';
import { sendJson } from './send-json.ts';
import { Caching, sendStatic } from './static-file.ts';

/** Where the dashboard has the files whose names change with what is in them. */
const ASSETS_PATH = '/assets/';

const INDEX = '/index.html';

/** What an operator is told where a page is missing. */
const notBuilt = (name: string) => `${name} has not been built. Build it with: npm run build`;

/** One line for each page that is to be served and has not been built. */
export function missingPages(dirs: { dashboardDir: string | undefined; graphiqlDir: string | undefined }): string[] {
  const pages = [
    ['The dashboard', dirs.dashboardDir],
    ['GraphiQL', dirs.graphiqlDir],
  ] as const;
  return pages.flatMap(([name, dir]) => (dir === undefined || existsSync(join(dir, INDEX)) ? [] : [notBuilt(name)]));
}

/**
 * Serves the dashboard: its files, and its page for every path that names no file, as the page
 * itself knows what to show there.
 */
export async function sendDashboard(
  request: IncomingMessage,
  response: ServerResponse,
  { dir, path }: { dir: string; path: string },
): Promise<void> {
  if (!isRead(request, response)) {
    return;
  }
  if (path === INDEX || !isFile(path)) {
    await sendPage(request, response, { dir, name: 'The dashboard', policy: DASHBOARD_POLICY });
  } else {
    const caching = path.startsWith(ASSETS_PATH) ? Caching.forGood : Caching.asking;
    await sendStatic(request, response, { root: dir, path, caching });
  }
}

/** Serves the page of GraphiQL, which has the address of GraphQL itself. */
export function sendGraphiql(request: IncomingMessage, response: ServerResponse, dir: string): Promise<void> {
  return sendPage(request, response, { dir, name: 'GraphiQL', policy: GRAPHIQL_POLICY });
}

/** Serves a file that GraphiQL loads; its page is not among them. `path` is what comes after /graphiql. */
export async function sendGraphiqlFile(
  request: IncomingMessage,
  response: ServerResponse,
  { dir, path }: { dir: string; path: string },
): Promise<void> {
  if (path === INDEX) {
    sendJson(response, 404, { error: 'not found' });
  } else if (isRead(request, response)) {
    const headers = { 'content-security-policy': GRAPHIQL_FILES_POLICY };
    await sendStatic(request, response, { root: dir, path, caching: Caching.forGood, headers });
  }
}

/** Whether a browser asks to be shown a page: a client of the API asks for JSON, or for anything. */
export function wantsPage({ method, headers }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && String(headers.accept).includes('text/html');
}

function isFile(path: string): boolean {
  return path.startsWith(ASSETS_PATH) || path.slice(path.lastIndexOf('/')).includes('.');
}

function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  { dir, name, policy }: { dir: string; name: string; policy: string },
): Promise<void> {
  return sendStatic(request, response, {
    root: dir,
    path: INDEX,
    caching: Caching.asking,
    headers: { 'content-security-policy': policy, vary: 'accept, accept-encoding' },
    notFound: () => {
      response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
      response.end(`${notBuilt(name)}\n`);
    },
  });
}
