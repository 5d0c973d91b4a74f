import { setInterval as every } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { insertBatch, setStatus } from '../feed/helpers.ts';
import { openPage, setScene } from './scene.ts';

const PROJECTS = 10_000;
/** 50 changes a second. */
const CHANGE_MS = 20;

const scene = setScene();
let batch: { batchId: string; projectIds: string[] };
beforeAll(async () => {
  batch = await insertBatch(scene.server.testDatabase, PROJECTS);
});

/** The projects that the page shows, with the status of each, in the database's words. */
async function shown(page: Page): Promise<Map<string, string>> {
  const rows = await page.locator('tr[data-project]').evaluateAll((found) =>
    found.map((row) => {
      const badge = row.querySelector('[data-tone]')?.textContent ?? '';
      return [String(row.getAttribute('data-project')).replace('project_', ''), badge] as const;
    }),
  );
  return new Map(rows);
}

const WORDS: Record<string, string> = { INITIALIZED: 'Waiting', RENDERING: 'Rendering', COMPLETED: 'Completed' };

/** Waits until the page shows what the database has, of those projects that are in sight. */
async function expectTrue(page: Page): Promise<void> {
  await expect
    .poll(async () => {
      const seen = await shown(page);
      const rows = await scene.server.testDatabase.sql('SELECT id, status FROM projects WHERE id = ANY($1)', [
        [...seen.keys()],
      ]);
      const wrong = rows.filter(({ id, status }) => seen.get(String(id)) !== WORDS[String(status)]);
      return { some: seen.size > 0, wrong };
    })
    .toEqual({ some: true, wrong: [] });
}

test('10,000 projects can be scrolled while they change: few rows are drawn, and each is true', async () => {
  const { batchId, projectIds } = batch;
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/batch_${batchId}`);
  const { page } = opened;
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await page.locator(`tr[data-project="project_${projectIds[0]}"]`).waitFor();
  expect(await page.getByRole('table').getAttribute('aria-rowcount')).toBe(String(PROJECTS + 1));

  const stop = new AbortController();
  const changing = (async () => {
    let at = 0;
    for await (const _tick of every(CHANGE_MS)) {
      if (stop.signal.aborted) {
        return;
      }
      // Here and there, and among those that are in sight at first.
      const index = at % 2 === 0 ? at % 40 : (at * 7919) % PROJECTS;
      await setStatus(scene.server.testDatabase, projectIds[index], at % 3 === 0 ? 'COMPLETED' : 'RENDERING');
      at++;
    }
  })();
  for (let step = 0; step < 12; step++) {
    await page.mouse.wheel(0, 3_000);
    await page.locator('tr[data-project]').first().waitFor();
    expect(await page.locator('tbody tr').count()).toBeLessThan(60);
  }
  await page.keyboard.press('End');
  await page.locator(`tr[data-project="project_${projectIds.at(-1)}"]`).waitFor();
  await page.keyboard.press('Home');
  await page.locator(`tr[data-project="project_${projectIds[0]}"]`).waitFor();
  stop.abort();
  await changing;
  await expectTrue(page);

  await page.getByRole('button', { name: /^Completed/ }).click();
  await page.waitForURL(/status=completed/);
  const [row] = await scene.server.testDatabase.sql('SELECT completed_projects AS n FROM batches WHERE id = $1', [
    batchId,
  ]);
  await expect.poll(() => page.getByRole('table').getAttribute('aria-rowcount')).toBe(String(Number(row?.['n']) + 1));
  await expect.poll(async () => new Set((await shown(page)).values())).toEqual(new Set(['Completed']));
});

test('a filtered table takes in what comes to belong to it, and lets go what no longer does', async () => {
  const { batchId, projectIds } = await insertBatch(scene.server.testDatabase, 30);
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/batch_${batchId}?status=running`);
  const { page } = opened;
  await page.getByRole('heading', { name: 'No project is in this state' }).waitFor();
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  for (const id of projectIds.slice(5, 9)) {
    await setStatus(scene.server.testDatabase, id, 'RENDERING');
  }
  await expect.poll(async () => [...(await shown(page)).keys()]).toEqual(projectIds.slice(5, 9));
  await setStatus(scene.server.testDatabase, projectIds[6], 'COMPLETED');
  await expect.poll(async () => [...(await shown(page)).keys()]).toEqual([projectIds[5], projectIds[7], projectIds[8]]);
});
