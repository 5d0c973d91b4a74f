import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { inputOf, makeBatch, updateProject } from '../graphql/scene.ts';
import { openProxy } from '../helpers/proxy.ts';
import { openPage, setScene, shownCounts } from './scene.ts';

const scene = setScene();

const rowOf = (page: Page, projectId: string) => page.locator(`tr[data-project="${projectId}"]`);
const indicator = (page: Page, text: string | RegExp) => page.getByRole('status').filter({ hasText: text });

test('every step of a batch is shown as it happens, up to its end', async () => {
  const { id, projects } = await makeBatch(scene.server, inputOf(2, { name: 'Steps' }));
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${id}`);
  const { page } = opened;
  await indicator(page, 'Live').waitFor();
  const [first, second] = projects;
  const row = rowOf(page, first?.id ?? '');
  await row.getByText('Waiting').waitFor();

  await updateProject(scene.server, first?.uuid ?? '', { status: 'RENDERING', fraction: 0.5 });
  await row.getByText('Rendering').waitFor();
  await expect.poll(() => row.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('80');
  expect(await page.title()).toBe('40% Steps · Showrunner');
  await updateProject(scene.server, first?.uuid ?? '', { status: 'FAILED', error_message: 'render: no disk' });
  await row.getByText('render: no disk').waitFor();
  await updateProject(scene.server, second?.uuid ?? '', { status: 'COMPLETED' });

  await page.getByText('Every project has ended.').waitFor();
  expect(await shownCounts(page)).toEqual({ completed: '1', running: '0', waiting: '0', failed: '1', cancelled: '0' });
  await expect.poll(() => page.title()).toBe('90% Steps · Showrunner');
  await expect.poll(() => page.getByTestId('announcer').innerText()).toMatch(/Steps: Completed|1 project has failed/);
});

test('a connection that is cut for five seconds leaves nothing wrong and nothing out', async () => {
  const { id, projects } = await makeBatch(scene.server, inputOf(5, { name: 'Cut' }));
  await using network = await openProxy(scene.server.url);
  await using opened = await openPage(scene.browser, `${network.url}/batches/${id}`);
  const { page } = opened;
  await indicator(page, 'Live').waitFor();
  await rowOf(page, projects[4]?.id ?? '').waitFor();

  network.cut();
  await indicator(page, 'Reconnecting').waitFor();
  for (const { uuid } of projects.slice(0, 4)) {
    await updateProject(scene.server, uuid, { status: 'RENDERING' });
    await updateProject(scene.server, uuid, { status: 'COMPLETED' });
  }
  await updateProject(scene.server, projects[4]?.uuid ?? '', { status: 'ASSETS_GENERATING' });
  await indicator(page, 'Offline since').waitFor();
  expect(await shownCounts(page)).toMatchObject({ completed: '0', waiting: '5' });
  network.mend();

  await indicator(page, 'Live').waitFor();
  await expect.poll(() => shownCounts(page)).toMatchObject({ completed: '4', running: '1', waiting: '0' });
  for (const { id: projectId } of projects.slice(0, 4)) {
    await rowOf(page, projectId).getByText('Completed').waitFor();
  }
  await rowOf(page, projects[4]?.id ?? '')
    .getByText('Making assets')
    .waitFor();
});

test('a connection that is dead without a word is found out, and replaced', async () => {
  const { id, projects } = await makeBatch(scene.server, inputOf(1, { name: 'Dead' }));
  await using network = await openProxy(scene.server.url);
  await using opened = await openPage(scene.browser, `${network.url}/batches/${id}`);
  const { page } = opened;
  await indicator(page, 'Live').waitFor();
  await rowOf(page, projects[0]?.id ?? '').waitFor();

  network.freeze();
  await updateProject(scene.server, projects[0]?.uuid ?? '', { status: 'COMPLETED' });
  await indicator(page, /Reconnecting|Offline/).waitFor();
  network.mend();

  await indicator(page, 'Live').waitFor();
  await page.getByText('Every project has ended.').waitFor();
  await rowOf(page, projects[0]?.id ?? '')
    .getByText('Completed')
    .waitFor();
});

test('two tabs are in step, whichever of them acts', async () => {
  const { id } = await makeBatch(scene.server, inputOf(3, { name: 'Two tabs' }));
  await using one = await openPage(scene.browser, `${scene.server.url}/batches/${id}`);
  await using other = await openPage(scene.browser, `${scene.server.url}/?search=Two+tabs`);
  const row = other.page.locator(`tr[data-batch="${id}"]`);
  await row.getByText('Queued').waitFor();

  await one.page.getByRole('button', { name: 'Pause' }).click();
  await row.getByText('Paused').waitFor();
  await row.getByRole('button', { name: 'Resume: Two tabs' }).click();
  await one.page.getByRole('button', { name: 'Pause' }).waitFor();
  await one.page.locator('h1 + span').getByText('Queued').waitFor();
});

test('where the history no longer reaches back, everything is read again', async () => {
  const { id, uuid, projects } = await makeBatch(scene.server, inputOf(2, { name: 'Pruned' }));
  await using network = await openProxy(scene.server.url);
  await using opened = await openPage(scene.browser, `${network.url}/batches/${id}`);
  const { page } = opened;
  await indicator(page, 'Live').waitFor();
  await rowOf(page, projects[1]?.id ?? '').waitFor();
  network.cut();
  await indicator(page, 'Reconnecting').waitFor();
  await updateProject(scene.server, projects[0]?.uuid ?? '', { status: 'COMPLETED' });
  await updateProject(scene.server, projects[1]?.uuid ?? '', { status: 'FAILED', error_message: 'upload: refused' });
  await scene.server.testDatabase.sql('DELETE FROM batch_events WHERE batch_id = $1', [uuid]);
  await scene.server.testDatabase.sql('UPDATE batches SET history_from = version WHERE id = $1', [uuid]);
  network.mend();
  await rowOf(page, projects[0]?.id ?? '')
    .getByText('Completed')
    .waitFor();
  await rowOf(page, projects[1]?.id ?? '')
    .getByText('upload: refused')
    .waitFor();
  await page.getByText('Every project has ended.').waitFor();
});

test('the end of a batch is a notification, for those who have asked for it, whatever page they look at', async () => {
  const { projects } = await makeBatch(scene.server, inputOf(1, { name: 'Notify' }));
  await using opened = await openPage(scene.browser, 'about:blank', { permissions: ['notifications'] });
  const { page } = opened;
  // Takes note of what is shown: a browser without a window does not tell.
  await page.addInitScript(() => {
    window.Notification = class extends Notification {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        document.documentElement.dataset['notified'] = `${title} | ${options?.body}`;
      }
    };
  });
  await page.goto(`${scene.server.url}/new`);
  await indicator(page, 'Live').waitFor();
  await page.getByRole('banner').getByRole('button', { name: 'Settings' }).click();
  const choice = page.getByRole('menuitemcheckbox', { name: 'Tell me when a batch ends' });
  await choice.click();
  await expect.poll(() => choice.getAttribute('aria-checked')).toBe('true');
  await updateProject(scene.server, projects[0]?.uuid ?? '', { status: 'RENDERING' });
  await updateProject(scene.server, projects[0]?.uuid ?? '', { status: 'COMPLETED' });
  await expect
    .poll(() => page.locator('html').getAttribute('data-notified'))
    .toBe('Notify: Completed | 1 completed, 0 failed, 0 cancelled');
});
