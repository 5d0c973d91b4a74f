import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildGraphiql } from '../../src/http/build-graphiql.ts';
import { inputOf, makeBatch, updateProject, uuidIn } from '../graphql/scene.ts';
import { openBrowser } from '../helpers/browser.ts';
import { createTestFolder } from '../helpers/process.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { entriesOf, tokenOf } from '../helpers/tokens.ts';

let folder: Awaited<ReturnType<typeof createTestFolder>>;
let server: TestServer;
let browser: Browser & AsyncDisposable;
beforeAll(async () => {
  folder = await createTestFolder();
  const graphiqlDir = join(folder.path, 'graphiql');
  await buildGraphiql(graphiqlDir);
  server = await startTestServer({ http: { graphiqlDir } });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** What went wrong in a page, and where it has been. */
interface Watched {
  errors: string[];
  hosts: Set<string>;
  sockets: string[];
  workers: string[];
}

/** Opens GraphiQL as a browser does that has never been there. */
async function openGraphiql(query = '', url = server.url): Promise<AsyncDisposable & { page: Page; watched: Watched }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const watched: Watched = { errors: [], hosts: new Set(), sockets: [], workers: [] };
  page.on('console', (message) => {
    if (message.type() === 'error' || /content.security.policy/i.test(message.text())) {
      watched.errors.push(message.text());
    }
  });
  page.on('pageerror', (error) => watched.errors.push(String(error)));
  context.on('request', (request) => watched.hosts.add(new URL(request.url()).host));
  page.on('websocket', (socket) => watched.sockets.push(socket.url()));
  page.on('worker', (worker) => watched.workers.push(new URL(worker.url()).pathname));
  await page.goto(`${url}/graphql${query}`);
  return { page, watched, [Symbol.asyncDispose]: () => context.close() };
}

/** Puts a text in the place of what an editor holds. */
async function write(page: Page, region: string, text: string): Promise<void> {
  const editor = page.getByRole('region', { name: region });
  await editor.locator('.view-lines').filter({ visible: true }).click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(text);
}

/** Opens a tab and writes an operation into it, under a name that the tab then takes on. */
async function writeOperation(page: Page, tab: string, operation: string): Promise<void> {
  await page.getByRole('button', { name: tab }).click();
  await page.getByRole('tab', { name: tab, selected: true }).waitFor();
  await write(page, 'Operation Editor', operation);
  const [, name = ''] = operation.match(/^\w+ (\w+)/) ?? [];
  // The whole name: what it was called before may begin with it.
  await page.getByRole('tab', { name: new RegExp(`^${name}\\b`), selected: true }).waitFor();
}

const run = (page: Page) => page.getByRole('button', { name: /^Execute query/ }).click();

/** The result that is shown, once it fits. */
async function result(page: Page, pattern: RegExp): Promise<readonly string[]> {
  const lines = page.getByRole('region', { name: 'Result Window' }).locator('.view-lines');
  let text = '';
  await expect
    .poll(
      async () => {
        // The editor has its spaces as ones that do not break.
        text = (await lines.innerText()).replaceAll('\u00a0', ' ');
        return text;
      },
      { timeout: 20_000 },
    )
    .toMatch(pattern);
  return text.match(pattern) ?? [];
}

test('creates a batch and watches it live, by clicking, from files of this service alone', async () => {
  await using opened = await openGraphiql();
  const { page, watched } = opened;
  await expect.poll(() => page.title()).toBe('Showrunner GraphiQL');
  for (const tab of ['CreateBatch', 'WatchBatch', 'PauseBatch', 'ListBatches']) {
    await page.getByRole('tab', { name: tab }).waitFor();
  }

  await run(page);
  const [, id = ''] = await result(page, /"id": "(batch_[0-9a-f-]{36})"/);
  const { data } = await server.queryText(`{ batch(id: "${id}") { projects { nodes { id } } } }`);
  const [, project = ''] = JSON.stringify(data).match(/"(project_[^"]+)"/) ?? [];

  await writeOperation(
    page,
    'WatchBatch',
    `subscription Mine { batchProgress(batchId: "${id}") { batch { status } } }`,
  );
  await run(page);
  await result(page, /"status": "QUEUED"/);
  await updateProject(server, uuidIn(project), { status: 'RENDERING' });
  await result(page, /"status": "RUNNING"/);
  await updateProject(server, uuidIn(project), { status: 'COMPLETED' });
  await result(page, /"status": "COMPLETED"/);

  expect(watched.sockets).toEqual([`${server.url.replace('http', 'ws')}/graphql`]);
  expect(watched.workers.sort().map((path) => path.replace(/-[0-9a-f]{12}\.js$/, ''))).toEqual(
    expect.arrayContaining(['/graphiql/editor-worker', '/graphiql/graphql-worker', '/graphiql/json-worker']),
  );
  expect([...watched.hosts]).toEqual([new URL(server.url).host]);
  expect(watched.errors).toEqual([]);
});

test('sends the headers that are written in it', async () => {
  await using opened = await openGraphiql();
  const { page, watched } = opened;
  await writeOperation(
    page,
    'PauseBatch',
    'mutation Mine { pauseBatch(input: { batchId: "x" }) { ... on Error { message } } }',
  );
  await run(page);
  await result(page, /The batch does not exist/);
  await page.getByRole('button', { name: 'Headers', exact: true }).click();
  await write(page, 'Headers', '{"accept-language": "zh-TW"}');
  await run(page);
  await result(page, /批次任務不存在/);
  expect(watched.errors).toEqual([]);
});

test('sends a token that is written in it over HTTP and WebSocket, and keeps it nowhere', async () => {
  const alice = tokenOf('alice', 'operator');
  await using own = await startTestServer({
    tokens: entriesOf(alice),
    http: { graphiqlDir: join(folder.path, 'graphiql') },
  });
  const { id } = await makeBatch(own, inputOf(1), alice.headers);
  await using opened = await openGraphiql('', own.url);
  const { page } = opened;
  await writeOperation(page, 'ListBatches', 'query Mine { batches { totalCount } }');
  await run(page);
  await result(page, /UNAUTHENTICATED/);
  await page.getByRole('button', { name: 'Headers', exact: true }).click();
  await write(page, 'Headers', JSON.stringify({ Authorization: alice.headers.authorization }));
  await run(page);
  await result(page, /"totalCount": 1/);
  await page.getByRole('button', { name: /Re-fetch GraphQL schema/ }).click();
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  await page.getByText('Subscription', { exact: true }).click();
  await page.getByText('What can be watched, over WebSocket or SSE.').waitFor();

  await writeOperation(
    page,
    'WatchBatch',
    `subscription Watch { batchProgress(batchId: "${id}") { batch { totalProjects } } }`,
  );
  await run(page);
  await result(page, /"message": "A token is needed/);
  // Each tab has headers of its own.
  await write(page, 'Headers', JSON.stringify({ authorization: alice.headers.authorization }));
  await run(page);
  await result(page, /"totalProjects": 1/);
  expect(opened.watched.sockets).toEqual(Array(2).fill(`${own.url.replace('http', 'ws')}/graphql`));
  const kept = () => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]));
  // It is kept a while after it was written.
  await expect.poll(kept).toContain('subscription Watch');
  expect(await kept()).not.toContain(alice.token);
});

test('shows the documentation from the schema', async () => {
  await using opened = await openGraphiql();
  const { page, watched } = opened;
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  await page.getByText('Subscription', { exact: true }).click();
  await page.getByText('What can be watched, over WebSocket or SSE.').waitFor();
  expect(watched.errors).toEqual([]);
});

test('opens with the query that stands in the address', async () => {
  await using opened = await openGraphiql(`?query=${encodeURIComponent('{ limits { maxProjectsPerBatch } }')}`);
  await run(opened.page);
  await result(opened.page, /"maxProjectsPerBatch": 10000/);
});

test('runs no script that is written into its page', async () => {
  await using opened = await openGraphiql();
  const { page, watched } = opened;
  await page.getByRole('tab', { name: 'CreateBatch' }).waitFor();
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "taken over"';
    document.body.append(script);
  });
  await expect.poll(() => watched.errors).toEqual([expect.stringMatching(/content security policy/i)]);
  expect(await page.title()).toBe('Showrunner GraphiQL');
});

test('loads compressed files that it need never load again, and a page that is looked at each time', async () => {
  const page = await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html,*/*' } });
  expect(page.headers.get('cache-control')).toBe('no-cache');
  expect(page.headers.get('vary')).toBe('accept, accept-encoding');
  expect(page.headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe|https?:|\*/);
  const html = await page.text();
  const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => String(path));
  expect(files).toHaveLength(4);
  for (const path of files) {
    expect(path).toMatch(/^\/graphiql\/[a-z-]+-[0-9a-f]{12}\.(?:js|css|ico)$/);
    const { headers } = await fetch(server.url + path, { headers: { 'accept-encoding': 'br' } });
    expect(headers.get('content-encoding')).toBe('br');
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  }
  expect(html).not.toMatch(/<style|<script(?![^>]*src=)|\son\w+=/);
});

test('leaves clients of the API alone', async () => {
  for (const accept of ['*/*', 'application/json', 'application/graphql-response+json']) {
    const response = await fetch(`${server.url}/graphql?query={__typename}`, { headers: { accept } });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  }
});

test('its page has the address of GraphQL alone', async () => {
  const response = await fetch(`${server.url}/graphiql/index.html`);
  expect([response.status, await response.json()]).toEqual([404, { error: 'not found' }]);
});
