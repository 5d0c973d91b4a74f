import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { inputOf, makeBatch, updateProject } from '../graphql/scene.ts';
import { openProxy } from '../helpers/proxy.ts';
import { expectAccessible, openPage, setScene } from './scene.ts';

const scene = setScene();

const rows = (page: Page) => page.locator('tr[data-batch]');
const names = (page: Page) => page.locator('tr[data-batch] td:first-child').allInnerTexts();

test('batches come newest first, more of them as one scrolls, new ones by themselves', async () => {
  for (let at = 1; at <= 70; at++) {
    await makeBatch(scene.server, inputOf(1, { name: `Paged ${at}` }));
  }
  await using opened = await openPage(scene.browser, `${scene.server.url}/?search=Paged`);
  const { page } = opened;
  await expect.poll(() => page.getByTestId('total').innerText()).toBe('70 batches');
  expect((await names(page)).slice(0, 2)).toEqual(['Paged 70', 'Paged 69']);
  for (let seen = 0; seen < 70; seen = await rows(page).count()) {
    await rows(page).last().scrollIntoViewIfNeeded();
    await page.mouse.wheel(0, 2_000);
  }
  expect(new Set(await names(page)).size).toBe(70);

  await makeBatch(scene.server, inputOf(1, { name: 'Paged 71' }));
  await makeBatch(scene.server, inputOf(1, { name: 'Another' }));
  await expect.poll(() => page.getByTestId('total').innerText()).toBe('71 batches');
  expect((await names(page))[0]).toBe('Paged 71');
  expect(await rows(page).count()).toBe(71);
});

test('the filter stands in the address, and a batch leaves and enters the list by its status', async () => {
  const { projects } = await makeBatch(scene.server, inputOf(2, { name: 'Filtered' }));
  await using opened = await openPage(scene.browser, `${scene.server.url}/`);
  const { page } = opened;
  await page.getByRole('searchbox', { name: 'Search by name' }).fill('filtered');
  await page.getByRole('button', { name: 'Queued' }).click();
  await page.waitForURL(/\?status=QUEUED&search=filtered$/);
  await expect.poll(() => names(page)).toEqual(['Filtered']);

  await updateProject(scene.server, projects[0]?.uuid ?? '', { status: 'RENDERING' });
  await page.getByRole('heading', { name: 'No batch fits' }).waitFor();
  await expect.poll(() => page.getByTestId('total').innerText()).toBe('0 batches');
  await page.getByRole('button', { name: 'Running' }).click();
  await expect.poll(() => names(page)).toEqual(['Filtered']);
  await page.reload();
  await expect.poll(() => names(page)).toEqual(['Filtered']);
  expect(await page.getByRole('searchbox').inputValue()).toBe('filtered');

  await rows(page).getByRole('link').click();
  await page.getByRole('heading', { name: 'Filtered' }).waitFor();
  await page.goBack();
  await expect.poll(() => names(page)).toEqual(['Filtered']);
  await page.goForward();
  await page.getByRole('heading', { name: 'Filtered' }).waitFor();
});

test('what happened to the batches while the connection was lost is in the list afterwards', async () => {
  const { projects } = await makeBatch(scene.server, inputOf(1, { name: 'Away one' }));
  await using network = await openProxy(scene.server.url);
  await using opened = await openPage(scene.browser, `${network.url}/?search=Away`);
  const { page } = opened;
  await expect.poll(() => names(page)).toEqual(['Away one']);
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  network.cut();
  await page.getByRole('status').filter({ hasText: 'Reconnecting' }).waitFor();
  await updateProject(scene.server, projects[0]?.uuid ?? '', { status: 'COMPLETED' });
  await makeBatch(scene.server, inputOf(1, { name: 'Away two' }));
  network.mend();
  await expect.poll(() => names(page)).toEqual(['Away two', 'Away one']);
  await rows(page).last().getByText('Completed').waitFor();
});

test('an address that leads nowhere says so', async () => {
  await using opened = await openPage(scene.browser, `${scene.server.url}/nowhere`);
  await opened.page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
});

test.each(['light', 'dark'] as const)('the list keeps the rules of accessibility, %s', async (colorScheme) => {
  const { projects } = await makeBatch(scene.server, inputOf(2, { name: 'Every tone' }));
  await updateProject(scene.server, projects[0]?.uuid ?? '', { status: 'FAILED', error_message: 'render: no disk' });
  await using opened = await openPage(scene.browser, `${scene.server.url}/`, { colorScheme });
  await rows(opened.page).first().waitFor();
  await expectAccessible(opened.page);
  await opened.page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(opened.page);
});
