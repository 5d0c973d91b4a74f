import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { inputOf, makeBatch, updateProject } from '../graphql/scene.ts';
import { openPage, setScene, shownCounts } from './scene.ts';

const scene = setScene();

const badge = (page: Page, text: string) => page.locator('h1 + span').getByText(text, { exact: true });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('only what applies is offered: pause, resume, cancel and retry, each in its turn', async () => {
  const { id, projects } = await makeBatch(scene.server, inputOf(3, { name: 'In turn' }));
  await updateProject(scene.server, projects[0]?.uuid ?? '', { status: 'COMPLETED' });
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${id}`);
  const { page } = opened;
  await badge(page, 'Running').waitFor();
  expect(await button(page, 'Resume').count()).toBe(0);
  expect(await button(page, 'Retry').count()).toBe(0);

  await button(page, 'Pause').click();
  await badge(page, 'Paused').waitFor();
  expect(await button(page, 'Pause').count()).toBe(0);
  await button(page, 'Resume').click();
  await badge(page, 'Running').waitFor();

  await button(page, 'Cancel').click();
  const dialog = page.getByRole('alertdialog', { name: 'Cancel “In turn”?' });
  await dialog.getByText('This cancels 2 projects: 2 waiting, 0 running.').waitFor();
  await dialog.getByRole('button', { name: 'Keep going' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await badge(page, 'Running').waitFor();
  await button(page, 'Cancel').click();
  await dialog.getByRole('button', { name: 'Cancel 2 projects' }).click();
  await badge(page, 'Cancelled').waitFor();
  await expect.poll(() => shownCounts(page)).toMatchObject({ completed: '1', cancelled: '2' });
  expect(await button(page, 'Cancel').count()).toBe(0);

  await button(page, 'Retry').click();
  await page.getByText('2 projects go back to work').first().waitFor();
  await badge(page, 'Running').waitFor();
  // Its stream had ended; it goes on with what happens from now on.
  await updateProject(scene.server, projects[1]?.uuid ?? '', { status: 'RENDERING' });
  await page.locator(`tr[data-project="${projects[1]?.id}"]`).getByText('Rendering').waitFor();
  await expect.poll(() => shownCounts(page)).toMatchObject({ completed: '1', running: '1', waiting: '1' });
});

test('a pause shows at once, and is taken back with a word where the service refuses it', async () => {
  const { id, uuid } = await makeBatch(scene.server, inputOf(1, { name: 'Refused' }));
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${id}`);
  const { page } = opened;
  await badge(page, 'Queued').waitFor();
  const held = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('mutation PauseBatch') === true) {
      await held.promise;
    }
    await route.continue();
  });

  await button(page, 'Pause').click();
  await badge(page, 'Paused').waitFor();
  await scene.server.testDatabase.sql('UPDATE batches SET cancelled_at = now() WHERE id = $1', [uuid]);
  held.resolve();
  await page.getByText('Pause did not work: Refused').first().waitFor();
  await page.getByText('A batch that is CANCELLED cannot be paused').first().waitFor();
  await badge(page, 'Cancelled').waitFor();
});

test('a pause that does not reach the service is taken back with a word', async () => {
  const { id } = await makeBatch(scene.server, inputOf(1, { name: 'Unreached' }));
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${id}`);
  const { page } = opened;
  await badge(page, 'Queued').waitFor();
  await page.route('**/graphql', (route) => route.abort('connectionfailed'));
  await button(page, 'Pause').click();
  await page.getByText('The service was not reached.').first().waitFor();
  await badge(page, 'Queued').waitFor();
});

test('a batch that does not exist is said not to', async () => {
  await using opened = await openPage(
    scene.browser,
    `${scene.server.url}/batches/batch_01a00000-0000-7000-8000-000000000000`,
  );
  await opened.page.getByRole('heading', { name: 'This batch does not exist' }).waitFor();
});
