import { createServer } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../helpers/browser.ts';
import { createTestFolder, runProcess, type ServiceProcess } from '../helpers/process.ts';
import { openPage, shownCounts } from './scene.ts';

let browser: Browser & AsyncDisposable;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.[Symbol.asyncDispose]());

/** A port that is free at the moment, so that the service can come back where it was. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve, reject) => {
    server.on('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function start(env: Record<string, string>): Promise<ServiceProcess> {
  const service = runProcess('main', env);
  await service.said(/Showrunner is ready/);
  return service;
}

test('a batch is watched to its end through a kill and a restart of the service', { timeout: 180_000 }, async () => {
  await using folder = await createTestFolder();
  const port = await freePort();
  const env = { PORT: String(port), DATA_DIR: folder.path, WORKER_CONCURRENCY: '1', LOG_LEVEL: 'fatal' };
  const url = `http://127.0.0.1:${port}`;
  await using killed = await start(env);
  await using opened = await openPage(browser, `${url}/new`);
  const { page } = opened;

  const total = 4;
  const content = 'Every batch begins with a text, and this one tells how it becomes a video. '.repeat(8);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const batchId = await page.evaluate(
    async ({ total: count, content: text }) => {
      const projects = Array.from({ length: count }, (_, at) => ({ name: `Text ${at + 1}`, content: text }));
      const query =
        'mutation ($input: CreateBatchInput!) { createBatch(input: $input) { ... on CreateBatchSuccess { batch { id } } } }';
      const response = await fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: { input: { name: 'Through a kill', projects } } }),
      });
      return String((await response.json()).data.createBatch.batch.id);
    },
    { total, content },
  );
  await page.goto(`${url}/batches/${batchId}`);
  await expect.poll(async () => Number((await shownCounts(page))['completed']), { timeout: 60_000 }).toBeGreaterThan(0);

  killed.child.kill('SIGKILL');
  await killed.ended();
  await page
    .getByRole('status')
    .filter({ hasText: /Reconnecting|Offline/ })
    .waitFor();
  await using _again = await start(env);

  await page.getByText('Every project has ended.').waitFor({ timeout: 120_000 });
  expect(await shownCounts(page)).toMatchObject({ completed: String(total), running: '0', waiting: '0', failed: '0' });
  await expect.poll(() => page.locator('tr[data-project]').getByText('Completed').count()).toBe(total);
  expect(await page.title()).toBe('100% Through a kill · Showrunner');
});
