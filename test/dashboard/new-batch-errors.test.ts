import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { textOf } from '../graphql/scene.ts';
import { LIMITS, startTestServer } from '../helpers/server.ts';
import { batchesOf, choose, contentField, createButton, file, nameField, openNew } from './new-batch-steps.ts';
import { openPage, setScene } from './scene.ts';

/** What the server takes; a test may change it under a page that has asked already. */
const limits = { ...LIMITS, models: [...LIMITS.models] };
const scene = setScene({ services: { limits } });

/** What a screen reader says of a field besides its name. */
function descriptionOf(field: Locator): Promise<string> {
  return field.evaluate((element) =>
    (element.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent ?? '')
      .join(' '),
  );
}

function hasFocus(field: Locator): Promise<boolean> {
  return field.evaluate((element) => element === document.activeElement);
}

/** A page with a draft that is fine. */
async function openReady(page: Page, name: string): Promise<void> {
  await openNew(page, scene.server.url);
  await nameField(page).fill(name);
  await choose(page, [file('one.txt', textOf(500)), file('two.txt', textOf(600))]);
}

test('what is wrong is told before anything is sent: at each field, in a summary, and the first has the focus', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.postData() ?? ''));
  await openNew(page, scene.server.url);
  await choose(page, [file('fine.txt', textOf(500)), file('short.txt', textOf(499))]);
  await createButton(page).click();

  await expect.poll(() => hasFocus(nameField(page))).toBe(true);
  expect(await nameField(page).getAttribute('aria-invalid')).toBe('true');
  expect(await descriptionOf(nameField(page))).toContain('Give it a name.');
  await expect.poll(() => page.getByTestId('announcer').innerText()).toBe('2 things need attention');

  await page.getByRole('link', { name: 'Text 2, “short”: 499 characters: 1 more needed.' }).click();
  await expect.poll(() => hasFocus(contentField(page))).toBe(true);
  expect(await descriptionOf(contentField(page))).toContain('1 more needed');
  await page.keyboard.press('Control+End');
  await page.keyboard.type('!');
  await nameField(page).fill('Mended');
  await page.getByRole('region', { name: /attention/ }).waitFor({ state: 'hidden' });
  expect(sent.filter((body) => body.includes('mutation'))).toEqual([]);
  await createButton(page).click();
  await page.getByRole('heading', { name: 'Mended', level: 1 }).waitFor();
});

test('an error of the service appears at the setting that it names, until that is changed', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  await openReady(page, 'Old model');
  await page.getByRole('button', { name: 'Settings', exact: true }).last().click();
  const model = page.getByRole('combobox', { name: 'Model' });
  await model.click();
  await page.getByRole('option', { name: 'gemini-1.5-pro' }).click();
  // The operator takes the model away.
  limits.models.splice(1);
  try {
    await createButton(page).click();
    await expect.poll(() => hasFocus(model)).toBe(true);
    expect(await model.getAttribute('aria-invalid')).toBe('true');
    expect(await descriptionOf(model)).toContain(
      "The model must be one of gemini-1.5-flash (current: 'gemini-1.5-pro')",
    );
    await page.getByRole('link', { name: /^Model: The model must be/ }).waitFor();
  } finally {
    limits.models.push('gemini-1.5-pro');
  }
  await model.click();
  await page.getByRole('option', { name: 'gemini-1.5-flash' }).click();
  await page.getByText('The model must be one of').waitFor({ state: 'hidden' });
  await createButton(page).click();
  await page.getByRole('heading', { name: 'Old model', level: 1 }).waitFor();
});

test('an error of the service appears at the very text that it names, though that is not the open one', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  // A page that believes shorter texts to be fine: only the service knows.
  await page.route('**/graphql', async (route) => {
    const response = await route.fetch();
    const body = await response.text();
    await route.fulfill({ response, body: body.replace('"contentMinLength":500', '"contentMinLength":10') });
  });
  await openNew(page, scene.server.url);
  await nameField(page).fill('Too short');
  await choose(page, [file('a.txt', textOf(500)), file('b.txt', textOf(500)), file('c.txt', textOf(50))]);
  await createButton(page).click();
  await expect.poll(() => hasFocus(contentField(page))).toBe(true);
  expect(await page.getByLabel('Name of the project').inputValue()).toBe('c');
  expect(await contentField(page).getAttribute('aria-invalid')).toBe('true');
  expect(await descriptionOf(contentField(page))).toContain(
    "The content of project 'c' must be 500-10000 characters long",
  );

  // It stays with its text, whatever stands before it.
  await page.getByRole('listbox').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Delete');
  await page.getByRole('link', { name: /^Text 2, “c”: The content/ }).click();
  await expect.poll(() => hasFocus(contentField(page))).toBe(true);
  await contentField(page).fill(textOf(500));
  await page.getByRole('region', { name: /attention/ }).waitFor({ state: 'hidden' });
});

test('what a request may have is told before it is sent, and by the service where the page did not know', async () => {
  await using small = await startTestServer({ limits: { maxBodyBytes: 5_000 } });
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  await openNew(page, small.url);
  await nameField(page).fill('Large');
  await choose(page, [file('one.txt', textOf(3_000)), file('two.txt', textOf(3_000))]);
  await createButton(page).click();
  await page.getByRole('link', { name: /^Texts: The texts are .* together, and the service takes/ }).waitFor();

  await contentField(page).fill(textOf(1_900));
  await createButton(page).click();
  await page.getByRole('alert').waitFor();
  expect(await page.getByRole('alert').innerText()).toContain('This batch is too large for one request');
});

test('more files than a batch takes are refused by name', async () => {
  await using small = await startTestServer({ limits: { maxProjects: 2 } });
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  const known = page.waitForResponse((response) => response.request().postData()?.includes('query Limits') === true);
  await openNew(page, small.url);
  await known;
  await choose(
    page,
    ['1', '2', '3'].map((name) => file(`${name}.txt`, textOf(500))),
  );
  expect(await page.getByTestId('report').innerText()).toContain('3.txt: a batch takes at most 2 texts');
});

test('with the service away nothing is lost, and trying again works', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  await openReady(page, 'Patience');
  await page.context().setOffline(true);
  await createButton(page).click();
  await page.getByRole('alert').waitFor();
  expect(await page.getByRole('alert').innerText()).toContain('The service was not reached');
  expect(await hasFocus(createButton(page))).toBe(true);
  await page.context().setOffline(false);
  await createButton(page).click();
  await page.getByRole('heading', { name: 'Patience', level: 1 }).waitFor();
  expect(await batchesOf(scene.server, 'Patience')).toHaveLength(1);
});
