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
import { expectAccessible, openPage, setScene } from './scene.ts';

const scene = setScene();

/** Presses Tab until the element with that name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    const label = await page.evaluate(() => {
      const focused = document.activeElement;
      return focused instanceof HTMLInputElement || focused instanceof HTMLTextAreaElement
        ? focused.labels?.[0]?.textContent
        : (focused?.getAttribute('aria-label') ?? focused?.textContent);
    });
    if (label === name) {
      return;
    }
  }
  throw new Error(`the keyboard does not reach ${name}`);
}

test('the keyboard alone is enough to make a batch', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  await openNew(page, scene.server.url);
  await tabTo(page, 'Name of the batch');
  await page.keyboard.type('By keyboard');
  for (const name of ['First', 'Second', 'Third']) {
    await tabTo(page, 'Write a text');
    await page.keyboard.press('Enter');
    await expect.poll(() => contentField(page).evaluate((field) => field === document.activeElement)).toBe(true);
    await page.keyboard.insertText(`${name}\n${textOf(500)}`);
  }
  await tabTo(page, 'Texts of the batch');
  await page.keyboard.press('ArrowUp');
  await page.getByRole('option', { name: 'Second 507 characters', selected: true }).waitFor();
  const active = await page.getByRole('listbox').getAttribute('aria-activedescendant');
  expect(await page.locator(`#${active}`).getAttribute('aria-selected')).toBe('true');
  await page.keyboard.press('Delete');
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect.poll(() => contentField(page).evaluate((field) => field === document.activeElement)).toBe(true);
  await tabTo(page, 'Settings');
  await page.keyboard.press('Enter');
  await page.getByRole('combobox', { name: 'Model' }).waitFor();
  await tabTo(page, 'Create batch');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'By keyboard', level: 1 }).waitFor();
  expect((await batchesOf(scene.server, 'By keyboard'))[0]?.projects).toEqual(['First', 'Third']);
});

test.each(['light', 'dark'] as const)(
  'the page of a new batch keeps the rules of accessibility, %s',
  async (colorScheme) => {
    await using opened = await openPage(scene.browser, 'about:blank', { colorScheme });
    const { page } = opened;
    await openNew(page, scene.server.url);
    await expectAccessible(page);

    await choose(page, [file('good.txt', textOf(500)), file('short.txt', textOf(20)), file('other.pdf', '')]);
    await page.getByRole('button', { name: 'Settings', exact: true }).last().click();
    await page.getByRole('radio', { name: 'At a set time' }).click();
    await expectAccessible(page);

    await createButton(page).click();
    await page.getByRole('region', { name: '3 things need attention' }).waitFor();
    await page.getByRole('button', { name: 'Go to the next' }).click();
    await page.getByRole('button', { name: 'Remove this text' }).click();
    await page.getByRole('button', { name: 'Undo' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('combobox', { name: 'Model' }).click();
    await page.getByRole('option', { name: 'gemini-1.5-pro' }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 390, height: 844 });
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  },
);

test('the question of a batch that was made already keeps the rules of accessibility', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  await openNew(page, scene.server.url);
  await nameField(page).fill('Asked');
  await choose(page, [file('one.txt', textOf(500))]);
  await loseNextAnswer(page);
  await createButton(page).click();
  await page.getByRole('alert').waitFor();
  await expectAccessible(page);
  await nameField(page).fill('Asked again');
  await createButton(page).click();
  await page.getByRole('alertdialog').waitFor();
  await expectAccessible(page);
});
