import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { textOf } from '../graphql/scene.ts';
import { choose, contentField, createButton, file, nameField, openNew } from './new-batch-steps.ts';
import { openPage, setScene } from './scene.ts';

const scene = setScene();

/** Resolves once the browser has all of the draft. */
async function kept(page: Page): Promise<void> {
  await page.getByText('Draft kept in this browser').waitFor();
}

test('everything is there after a reload, even what was typed just before it', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  await openNew(page, scene.server.url);
  await choose(page, [file('one.txt', textOf(500)), file('two.txt', textOf(600))]);
  await page.getByRole('button', { name: 'Settings', exact: true }).last().click();
  await page.getByRole('radio', { name: 'Public' }).click();
  await page.getByRole('option', { name: /^two/ }).click();
  await contentField(page).press('Control+End');
  await page.keyboard.type(' and more');
  await nameField(page).fill('Half typ');
  await page.reload();

  await expect.poll(() => nameField(page).inputValue()).toBe('Half typ');
  expect(await contentField(page).inputValue()).toBe(`${textOf(600)} and more`);
  expect(await page.getByRole('option', { selected: true }).innerText()).toContain('two');
  await page.getByText('Public', { exact: true }).waitFor();
});

test('leaving for another view and coming back changes nothing', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  await openNew(page, scene.server.url);
  await nameField(page).fill('Away for a while');
  await page.getByRole('link', { name: 'Batches' }).click();
  await page.getByRole('heading', { name: 'Batches', level: 1 }).waitFor();
  await page.goBack();
  await expect.poll(() => nameField(page).inputValue()).toBe('Away for a while');
});

test('two tabs have two drafts, and each keeps its own through a reload', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  const other = await page.context().newPage();
  await openNew(page, scene.server.url);
  await nameField(page).fill('First tab');
  await kept(page);
  await openNew(other, scene.server.url);
  expect(await nameField(other).inputValue()).toBe('');
  expect(await other.getByText('unfinished draft').count()).toBe(0);
  await nameField(other).fill('Second tab');
  await kept(other);

  await page.reload();
  await expect.poll(() => nameField(page).inputValue()).toBe('First tab');
  await other.reload();
  await expect.poll(() => nameField(other).inputValue()).toBe('Second tab');
});

test('a tab that was duplicated starts a draft of its own', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  await openNew(page, scene.server.url);
  await nameField(page).fill('Original');
  await kept(page);
  const own = await page.evaluate(() => sessionStorage.getItem('showrunner.draft'));
  const copy = await page.context().newPage();
  await copy.addInitScript((id) => sessionStorage.setItem('showrunner.draft', String(id)), own);
  await openNew(copy, scene.server.url);
  expect(await nameField(copy).inputValue()).toBe('');
  await nameField(copy).fill('Copy');
  await kept(copy);
  await page.reload();
  await expect.poll(() => nameField(page).inputValue()).toBe('Original');
});

test('the draft of a tab that was closed is offered in the next one', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  const closed = await page.context().newPage();
  await openNew(closed, scene.server.url);
  await nameField(closed).fill('Left alone');
  await choose(closed, [file('one.txt', textOf(500))]);
  await kept(closed);
  await closed.close();

  await openNew(page, scene.server.url);
  await page.getByText('There is an unfinished draft, “Left alone”, with 1 text').waitFor();
  await page.getByRole('button', { name: 'Continue it' }).click();
  await expect.poll(() => nameField(page).inputValue()).toBe('Left alone');
  await page.reload();
  await expect.poll(() => nameField(page).inputValue()).toBe('Left alone');
  await createButton(page).click();
  await page.getByRole('heading', { name: 'Left alone', level: 1 }).waitFor();
  await openNew(page, scene.server.url);
  expect(await page.getByText('unfinished draft').count()).toBe(0);
});

test('what was removed or discarded can be put back', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  await openNew(page, scene.server.url);
  await nameField(page).fill('Careful');
  await choose(page, [file('one.txt', textOf(500)), file('two.txt', textOf(500))]);
  const options = page.getByRole('option');
  const undo = page.getByRole('button', { name: 'Undo' });

  await page.getByRole('button', { name: 'Remove this text' }).click();
  await expect.poll(() => page.getByTestId('announcer').innerText()).toBe('“one” removed');
  expect(await options.count()).toBe(1);
  await undo.click();
  await expect.poll(() => options.count()).toBe(2);

  await page.getByRole('button', { name: 'Remove all' }).click();
  await expect.poll(() => options.count()).toBe(0);
  await undo.click();
  await expect.poll(() => options.count()).toBe(2);

  await page.getByRole('button', { name: 'Discard draft' }).click();
  expect(await nameField(page).inputValue()).toBe('');
  await undo.click();
  expect(await nameField(page).inputValue()).toBe('Careful');
  await expect.poll(() => options.count()).toBe(2);
});

test('10,000 texts are listed, edited, and kept through a reload', { timeout: 300_000 }, async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  page.setDefaultTimeout(200_000);
  await openNew(page, scene.server.url);
  // As many as a folder may have; made in the page, as they would not fit through the protocol.
  await page.getByTestId('files').evaluate((input) => {
    if (!(input instanceof HTMLInputElement)) {
      throw new Error('no field for files');
    }
    const files = new DataTransfer();
    const text = 'The harbour wakes before the town does. '.repeat(150);
    for (let part = 1; part <= 10_000; part++) {
      files.items.add(new File([`${part} ${text}`], `Part ${part}.txt`));
    }
    input.files = files.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await page.getByTestId('report').getByText('10,000 texts added').waitFor();
  await kept(page);
  await page.getByRole('listbox').focus();
  await page.keyboard.press('End');
  await page.getByText('Text 10,000 of 10,000').waitFor();
  // Only what is in view is in the page.
  expect(await page.getByRole('option').count()).toBeLessThan(60);
  await page.keyboard.press('Enter');
  await contentField(page).press('Control+Home');
  await page.keyboard.type('Typed at the front. ');
  await page.reload();
  await page.getByText('Text 10,000 of 10,000').waitFor();
  expect(await contentField(page).inputValue()).toMatch(/^Typed at the front\. 10000 The harbour/);
  expect(await page.getByTestId('total').innerText()).toMatch(/^10,000 texts/);
});
