import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { insertBatch } from '../feed/helpers.ts';
import { inputOf, makeBatch, updateProject } from '../graphql/scene.ts';
import { openProxy } from '../helpers/proxy.ts';
import { openPage, setScene, shownCounts } from './scene.ts';

const scene = setScene();

const indicator = (page: Page, text: string | RegExp) => page.getByRole('status').filter({ hasText: text });
const badge = (page: Page, text: string) => page.locator('h1 + span').getByText(text, { exact: true });

test('parts of the dashboard that are wanted while the service is away come once it is back', async () => {
  const { id } = await makeBatch(scene.server, inputOf(2, { name: 'Parts' }));
  await using network = await openProxy(scene.server.url);
  await using opened = await openPage(scene.browser, `${network.url}/batches/${id}`);
  const { page } = opened;
  await indicator(page, 'Live').waitFor();
  await page.getByRole('table').waitFor();
  network.cut();
  await indicator(page, /Reconnecting|Offline/).waitFor();

  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByText('Pause did not work: Parts').first().waitFor();
  await badge(page, 'Queued').waitFor();
  await page.getByRole('tab', { name: 'Pace' }).click();
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Parts', exact: true }).waitFor();
  network.mend();

  await page.getByRole('menu').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Projects completed over time' }).waitFor();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('alertdialog').waitFor();
});

test('a request that a dead network has swallowed is given up: what it promised is taken back, what it asked for is asked again', async () => {
  const { batchId, projectIds } = await insertBatch(scene.server.testDatabase, 1_000);
  await using network = await openProxy(scene.server.url);
  await using opened = await openPage(scene.browser, `${network.url}/batches/batch_${batchId}`);
  const { page } = opened;
  await indicator(page, 'Live').waitFor();
  await page.locator(`tr[data-project="project_${projectIds[0]}"]`).waitFor();

  network.freeze();
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await badge(page, 'Paused').waitFor();
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await page.locator('tbody tr').filter({ hasText: /^…$/ }).first().waitFor();
  await updateProject(scene.server, projectIds[0] ?? '', { status: 'COMPLETED' });
  await indicator(page, /Reconnecting|Offline/).waitFor();
  network.mend();

  await indicator(page, 'Live').waitFor();
  await page.getByText('Pause did not work: batch').first().waitFor();
  await badge(page, 'Running').waitFor();
  expect(await shownCounts(page)).toMatchObject({ completed: '1', waiting: '999' });
  await page.locator(`tr[data-project="project_${projectIds.at(-1)}"]`).waitFor();
});

test('a batch that had ended and was retried elsewhere, while nothing was heard, is open again', async () => {
  const { id, uuid, projects } = await makeBatch(scene.server, inputOf(2, { name: 'Open again' }));
  for (const { uuid: project } of projects) {
    await updateProject(scene.server, project, { status: 'FAILED', error_message: 'render: no disk' });
  }
  await using network = await openProxy(scene.server.url);
  await using opened = await openPage(scene.browser, `${network.url}/batches/${id}`);
  const { page } = opened;
  await page.getByText('Every project has ended.').waitFor();
  network.cut();
  await indicator(page, /Reconnecting|Offline/).waitFor();
  await scene.server.queryText(`mutation { retryBatch(input: { batchId: "${id}" }) { __typename } }`);
  network.mend();
  await badge(page, 'Queued').waitFor();
  await updateProject(scene.server, projects[0]?.uuid ?? '', { status: 'RENDERING' });
  await page.locator(`tr[data-project="${projects[0]?.id}"]`).getByText('Rendering').waitFor();
  await page.locator(`tr[data-project="${projects[1]?.id}"]`).getByText('Waiting').waitFor();
  const [row] = await scene.server.testDatabase.sql('SELECT status FROM batches WHERE id = $1', [uuid]);
  expect(row).toEqual({ status: 'RUNNING' });
});

test('a batch that is deleted is said to be gone, and leaves the list', async () => {
  await makeBatch(scene.server, inputOf(1, { name: 'Staying' }));
  const { id, uuid } = await makeBatch(scene.server, inputOf(1, { name: 'Going' }));
  await using opened = await openPage(scene.browser, `${scene.server.url}/?search=ing`);
  const { page } = opened;
  await page.getByRole('link', { name: 'Going' }).click();
  await page.getByRole('table').waitFor();
  await indicator(page, 'Live').waitFor();
  await scene.server.testDatabase.sql('DELETE FROM batches WHERE id = $1', [uuid]);
  await page.getByRole('heading', { name: 'This batch does not exist' }).waitFor();
  await page.goBack();
  await page.getByRole('link', { name: 'Staying' }).waitFor();
  expect(await page.locator(`tr[data-batch="${id}"]`).count()).toBe(0);
});

test('a long list stays where it was scrolled to over a lost connection', async () => {
  for (let at = 1; at <= 70; at++) {
    await makeBatch(scene.server, inputOf(1, { name: `Long ${at}` }));
  }
  await using network = await openProxy(scene.server.url);
  await using opened = await openPage(scene.browser, `${network.url}/?search=Long`);
  const { page } = opened;
  const rows = page.locator('tr[data-batch]');
  for (let seen = 0; seen < 70; seen = await rows.count()) {
    await rows.last().scrollIntoViewIfNeeded();
    await page.mouse.wheel(0, 2_000);
  }
  await indicator(page, 'Live').waitFor();
  await page.getByRole('link', { name: 'Long 11', exact: true }).scrollIntoViewIfNeeded();
  const before = await page.evaluate(() => window.scrollY);
  network.cut();
  await indicator(page, /Reconnecting|Offline/).waitFor();
  const reloaded = page.waitForResponse(
    (response) => response.request().postData()?.includes('query BatchList') === true && response.ok(),
  );
  network.mend();
  await (await reloaded).finished();
  await indicator(page, 'Live').waitFor();
  expect(await rows.count()).toBe(70);
  expect(await page.evaluate(() => window.scrollY)).toBe(before);
});

test('a list that cannot be had shows no rows that do not belong to it', async () => {
  await makeBatch(scene.server, inputOf(1, { name: 'Elsewhere' }));
  await using opened = await openPage(scene.browser, `${scene.server.url}/?search=Elsewhere`);
  const { page } = opened;
  await page.getByRole('link', { name: 'Elsewhere' }).waitFor();
  // Nothing that a database could look for.
  await page.goto(`${scene.server.url}/?search=%00`);
  await page.getByRole('heading', { name: 'The list could not be loaded' }).waitFor();
});
