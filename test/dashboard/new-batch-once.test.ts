import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { textOf } from '../graphql/scene.ts';
import {
  batchesOf,
  choose,
  contentField,
  createButton,
  file,
  loseNextAnswer,
  nameField,
  openNew,
} from './new-batch-steps.ts';
import { openPage, setScene } from './scene.ts';

const scene = setScene();

/** A page with a draft that is fine. */
async function openReady(page: Page, name: string): Promise<void> {
  await openNew(page, scene.server.url);
  await nameField(page).fill(name);
  await choose(page, [file('one.txt', textOf(500))]);
}

test('clicking twice, and pressing the keys besides, makes one batch', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  await openReady(page, 'Twice');
  let sent = 0;
  await page.route('**/graphql', async (route) => {
    sent += route.request().postData()?.includes('mutation CreateBatch') === true ? 1 : 0;
    await route.continue();
  });
  await createButton(page).dblclick();
  await page.keyboard.press('Control+Enter');
  await page.getByRole('heading', { name: 'Twice', level: 1 }).waitFor();
  expect(sent).toBe(1);
  expect(await batchesOf(scene.server, 'Twice')).toHaveLength(1);
});

test('trying again after the answer was lost leads to the batch that was made', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  await openReady(page, 'Lost');
  await loseNextAnswer(page);
  await createButton(page).click();
  await page.getByRole('alert').waitFor();
  const [made] = await batchesOf(scene.server, 'Lost');
  expect(made).toBeDefined();
  await createButton(page).click();
  await page.waitForURL(`**/batches/batch_${made?.id}`);
  expect(await batchesOf(scene.server, 'Lost')).toHaveLength(1);
});

test('even after a reload in the middle there is one batch', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  await openReady(page, 'Reloaded');
  let answer: (() => void) | undefined;
  const arrived = new Promise<void>((resolve) => {
    void page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('mutation CreateBatch') !== true || answer !== undefined) {
        return route.continue();
      }
      await route.fetch();
      resolve();
      await new Promise<void>((go) => {
        answer = go;
      });
      await route.abort();
    });
  });
  await createButton(page).click();
  await arrived;
  await page.reload();
  answer?.();
  await expect.poll(() => nameField(page).inputValue()).toBe('Reloaded');
  await createButton(page).click();
  await page.getByRole('heading', { name: 'Reloaded', level: 1 }).waitFor();
  expect(await batchesOf(scene.server, 'Reloaded')).toHaveLength(1);
});

test('a draft that was changed after the answer was lost offers the batch that was made, or a second one', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  await openReady(page, 'Changed');
  await loseNextAnswer(page);
  await createButton(page).click();
  await page.getByRole('alert').waitFor();
  await contentField(page).press('End');
  await page.keyboard.type('!');

  await createButton(page).click();
  const question = page.getByRole('alertdialog');
  await question.waitFor();
  expect(await question.innerText()).toContain('made “Changed” with 1 text.');
  await question.getByRole('button', { name: 'Back to the draft' }).click();
  await question.waitFor({ state: 'hidden' });
  expect(await contentField(page).inputValue()).toContain('!');

  await createButton(page).click();
  await question.getByRole('button', { name: 'Open that batch' }).click();
  await page.getByRole('heading', { name: 'Changed', level: 1 }).waitFor();
  expect(await batchesOf(scene.server, 'Changed')).toHaveLength(1);

  await page.goBack();
  await expect.poll(() => nameField(page).inputValue()).toBe('Changed');
  await createButton(page).click();
  await question.getByRole('button', { name: 'Create a second batch' }).click();
  await page.getByRole('heading', { name: 'Changed', level: 1 }).waitFor();
  const batches = await batchesOf(scene.server, 'Changed');
  expect(batches).toHaveLength(2);
  expect(page.url()).toContain(batches[1]?.id);
});
