import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { textOf } from '../graphql/scene.ts';
import { batchesOf, choose, contentField, createButton, drag, file, nameField, openNew } from './new-batch-steps.ts';
import { openPage, setScene } from './scene.ts';

const scene = setScene();

test('a batch is made of dropped files and folders, in their order, and its page opens', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'showrunner_drop_'));
  await using _folder = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
  await mkdir(join(folder, 'more', 'deep'), { recursive: true });
  for (let part = 1; part <= 12; part++) {
    await writeFile(join(folder, `Part ${part}.txt`), textOf(500 + part));
  }
  await writeFile(join(folder, 'more', 'deep', 'Inside.md'), `\ufeff${textOf(500)}`);
  await writeFile(join(folder, 'picture.png'), 'no text');
  const parts = Array.from({ length: 12 }, (_, at) => join(folder, `Part ${at + 1}.txt`)).reverse();
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  await openNew(page, scene.server.url);
  await nameField(page).fill('Dropped');

  const given = await drag(page, [...parts, join(folder, 'more'), join(folder, 'picture.png')]);
  await given.drop();
  await expect.poll(() => page.getByTestId('announcer').innerText()).toBe('13 texts added, 1 refused');
  expect(await page.getByTestId('report').innerText()).toContain('picture.png: not a .txt or .md file');
  await createButton(page).click();

  await page.getByRole('heading', { name: 'Dropped', level: 1 }).waitFor();
  expect(page.url()).toMatch(/\/batches\/batch_[0-9a-f-]+$/);
  const [batch] = await batchesOf(scene.server, 'Dropped');
  expect(batch?.projects).toEqual(['Inside', ...Array.from({ length: 12 }, (_, at) => `Part ${at + 1}`)]);

  await openNew(page, scene.server.url);
  expect(await nameField(page).inputValue()).toBe('');
  expect(await page.getByTestId('total').innerText()).toBe('0 texts, 0 characters');
});

test('files that are dragged out of the window again are not taken', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  await openNew(page, scene.server.url);
  const given = await drag(page, [import.meta.filename]);
  await given.leave();
  await page.getByTestId('drop').waitFor({ state: 'hidden' });
  expect(await page.getByTestId('report').count()).toBe(0);
});

test('a text is typed and another one pasted, each named after its first line', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  await openNew(page, scene.server.url);
  await nameField(page).fill('By hand');
  await page.getByRole('button', { name: 'Write a text' }).click();
  await expect.poll(() => contentField(page).evaluate((field) => field === document.activeElement)).toBe(true);
  await page.keyboard.insertText(`# The sea\n${textOf(500)}`);
  expect(await page.getByLabel('Name of the project').inputValue()).toBe('The sea');

  await page.getByRole('listbox').focus();
  await page.evaluate(
    (text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    },
    `The land\r\n${textOf(500)}`,
  );
  await expect.poll(() => page.getByTestId('announcer').innerText()).toBe('1 text added');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('heading', { name: 'By hand', level: 1 }).waitFor();
  expect((await batchesOf(scene.server, 'By hand'))[0]?.projects).toEqual(['The sea', 'The land']);
});

test('settings are sent as they are shown, the time as an instant', async () => {
  await using opened = await openPage(scene.browser, 'about:blank', { timezoneId: 'Asia/Taipei' });
  const { page } = opened;
  await openNew(page, scene.server.url);
  await nameField(page).fill('Set up');
  await choose(page, [file('one.txt', textOf(500))]);
  await page.getByRole('button', { name: 'Settings', exact: true }).last().click();
  await page.getByRole('combobox', { name: 'Model' }).click();
  await page.getByRole('option', { name: 'gemini-1.5-pro' }).click();
  await page.getByRole('radio', { name: 'Unlisted' }).click();
  await page.getByRole('radio', { name: 'At a set time' }).click();
  await page.getByLabel('Date and time').fill('2099-11-22T10:00');
  await page.getByText(/GMT\+8/).waitFor();
  await page.getByRole('switch', { name: 'Made with AI' }).click();
  await page.getByLabel('Failures allowed').fill('3');
  await createButton(page).click();
  await page.getByRole('heading', { name: 'Set up', level: 1 }).waitFor();
  const [row] = await scene.server.testDatabase.sql(
    `SELECT gemini_model, youtube_privacy, youtube_publish_type, youtube_ai_content_flag, failure_limit,
       to_char(youtube_publish_at, 'YYYY-MM-DD HH24:MI') AS at FROM batches WHERE name = 'Set up'`,
  );
  expect(row).toEqual({
    gemini_model: 'gemini-1.5-pro',
    youtube_privacy: 'UNLISTED',
    youtube_publish_type: 'SCHEDULED',
    youtube_ai_content_flag: false,
    failure_limit: 3,
    at: '2099-11-22 02:00',
  });
});

test('characters are counted by code points while they are typed', async () => {
  await using opened = await openPage(scene.browser, 'about:blank');
  const { page } = opened;
  await openNew(page, scene.server.url);
  await page.getByRole('button', { name: 'Write a text' }).click();
  await contentField(page).fill('😀'.repeat(499));
  const count = page.getByTestId('count');
  await expect.poll(() => count.innerText()).toMatch(/^499 characters of 500 to 10,000\s+1 more needed$/);
  await contentField(page).press('End');
  await page.keyboard.insertText('👍');
  await expect.poll(() => count.innerText()).toMatch(/^500 characters .*\s+The length is right$/);
  await expect.poll(() => page.getByTestId('announcer').innerText()).toBe('The length is right');
  await contentField(page).fill('𠮷'.repeat(10_001));
  await expect.poll(() => count.innerText()).toMatch(/^10,001 characters .*\s+1 too many$/);
  expect(await contentField(page).getAttribute('aria-invalid')).toBe('true');
});

test('files that cannot be taken are refused by name and reason, and the others are taken', async () => {
  await using opened = await openPage(scene.browser, 'about:blank', { locale: 'zh-TW' });
  const { page } = opened;
  await page.goto(`${scene.server.url}/new`);
  await page
    .getByTestId('files')
    .setInputFiles([
      file('good.txt', textOf(500)),
      file('latin.txt', Buffer.from('caf\xe9', 'latin1')),
      file('table.csv', 'a,b'),
    ]);
  const report = page.getByTestId('report');
  await report.waitFor();
  expect(await report.innerText()).toContain('latin.txt：不是 UTF-8 文字');
  expect(await report.innerText()).toContain('table.csv：不是 .txt 或 .md 檔案');
  await expect.poll(() => page.getByRole('option').count()).toBe(1);
});
