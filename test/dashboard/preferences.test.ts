import { get, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { beforeAll, expect, test } from 'vitest';
import { inputOf, type MadeBatch, makeBatch, updateProject } from '../graphql/scene.ts';
import { expectAccessible, openPage, setScene } from './scene.ts';

const scene = setScene();
let batch: MadeBatch;
beforeAll(async () => {
  batch = await makeBatch(scene.server, inputOf(3, { name: 'Mine' }));
  await updateProject(scene.server, batch.projects[0]?.uuid ?? '', {
    status: 'FAILED',
    error_message: 'render: no disk',
  });
  await updateProject(scene.server, batch.projects[1]?.uuid ?? '', { status: 'RENDERING', fraction: 0.4 });
});

test('the language is the browser’s, until another is chosen; dates follow the region', async () => {
  const url = `${scene.server.url}/batches/${batch.id}`;
  await using opened = await openPage(scene.browser, url, { locale: 'zh-TW', timezoneId: 'Asia/Taipei' });
  const { page } = opened;
  await page.getByRole('button', { name: '暫停' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-Hant');
  expect(await page.locator('dl dd').allInnerTexts()).toContainEqual(
    expect.stringMatching(/\d{4}年\d{1,2}月\d{1,2}日/),
  );
  await expectAccessible(page);

  await page.getByRole('button', { name: '設定' }).click();
  await page.getByRole('menuitemradio', { name: 'English' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
});

test('errors of the service come in the chosen language', async () => {
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${batch.id}`, { locale: 'zh-TW' });
  const { page } = opened;
  await page.getByRole('button', { name: '暫停' }).waitFor();
  const asked = page.waitForRequest((request) => request.postData()?.includes('mutation PauseBatch') === true);
  await page.getByRole('button', { name: '暫停' }).click();
  expect((await asked).headers()['accept-language']).toBe('zh-Hant');
  await page.getByRole('button', { name: '繼續' }).click();
  await page.getByRole('button', { name: '暫停' }).waitFor();
});

test('the theme is the system’s, until another is chosen', async () => {
  await using opened = await openPage(scene.browser, scene.server.url, { colorScheme: 'dark' });
  const { page } = opened;
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await background();
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await background();
  expect(light).not.toBe(dark);
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  await expect.poll(background).toBe(dark);
  await page.reload();
  await expect.poll(background).toBe(dark);
});

test('nothing moves for a reader who asks for reduced motion', async () => {
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${batch.id}`, {
    reducedMotion: 'reduce',
  });
  const { page } = opened;
  await page.getByRole('table').waitFor();
  const moving = await page.evaluate(() => document.getAnimations().length);
  expect(moving).toBe(0);
});

test('the keyboard alone is enough: to a batch, to its tabs, to a pause, through a question, and back', async () => {
  const { id, projects } = await makeBatch(scene.server, inputOf(3, { name: 'By keyboard' }));
  await updateProject(scene.server, projects[0]?.uuid ?? '', { status: 'RENDERING' });
  await using opened = await openPage(scene.browser, `${scene.server.url}/?search=By+keyboard`);
  const { page } = opened;
  await page.locator(`tr[data-batch="${id}"]`).waitFor();
  const focused = () =>
    page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent);
  const tabTo = async (wanted: string | RegExp) => {
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press('Tab');
      const name = (await focused()) ?? '';
      if (typeof wanted === 'string' ? name === wanted : wanted.test(name)) {
        return;
      }
    }
    throw new Error(`the keyboard does not reach ${wanted}`);
  };
  await tabTo('Skip to content');
  await page.keyboard.press('Enter');
  await tabTo('By keyboard');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'By keyboard' }).waitFor();

  await tabTo('Pause');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  // The keyboard is where it was, on what the button has become.
  expect(await focused()).toBe('Resume');
  await tabTo('Cancel');
  await page.keyboard.press('Enter');
  await page.getByRole('alertdialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('alertdialog').waitFor({ state: 'hidden' });
  await expect.poll(focused).toBe('Cancel');
  await tabTo('Projects');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.waitForURL(/tab=history/);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`${id}$`));
  await tabTo('Project 1');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/projects\/project_/);
});

test.each(['light', 'dark'] as const)(
  'the page of a batch keeps the rules of accessibility, %s',
  async (colorScheme) => {
    await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${batch.id}`, { colorScheme });
    const { page } = opened;
    await page.getByText('render: no disk').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('alertdialog').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('menu').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 390, height: 844 });
    await expectAccessible(page);
  },
);

/** How many bytes a script is where it is sent with gzip. */
async function gzippedSize(url: string): Promise<number> {
  const { body, headers } = await new Promise<{ body: Buffer; headers: IncomingHttpHeaders }>((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip' } }, (response) =>
      buffer(response).then((bytes) => resolve({ body: bytes, headers: response.headers }), reject),
    ).on('error', reject);
  });
  expect(headers['content-encoding'] ?? 'small').toMatch(/^(gzip|small)$/);
  return body.length;
}

test('a first visit loads less than 200 kB of JavaScript by gzip, all of it from the service', async () => {
  for (const path of ['/', '/new', `/batches/${batch.id}`]) {
    await using opened = await openPage(scene.browser, 'about:blank');
    const { page } = opened;
    const hosts = new Set<string>();
    const scripts = new Set<string>();
    page.on('request', (request) => {
      hosts.add(new URL(request.url()).host);
      if (request.resourceType() === 'script') {
        scripts.add(request.url());
      }
    });
    await page.goto(scene.server.url + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(scripts.size).toBeGreaterThan(0);
    const sizes = await Promise.all([...scripts].map(gzippedSize));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000);
    expect([...hosts]).toEqual([new URL(scene.server.url).host]);
  }
});
