import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STAGES } from '../../src/studio/stage.ts';
import { createLocalStudio } from '../../src/studio/studio.ts';
import { openBrowser } from '../helpers/browser.ts';
import { createTestFolder } from '../helpers/process.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { contextOf, projectOf } from '../studio/workshop.ts';

/** A real video, as the studio makes it, and a page of the kind that the dashboard is. */
let folder: Awaited<ReturnType<typeof createTestFolder>>;
let server: TestServer;
let browser: Browser & AsyncDisposable;
let urls: { videoUrl?: string; thumbnailUrl?: string; captionsUrl?: string } = {};
beforeAll(async () => {
  folder = await createTestFolder();
  const studio = createLocalStudio({ dataDir: folder.path });
  const project = projectOf();
  for (const stage of STAGES) {
    urls = await studio.run(stage, contextOf(project));
  }
  const dashboardDir = join(folder.path, 'dashboard');
  await mkdir(join(dashboardDir, 'assets'), { recursive: true });
  await writeFile(join(dashboardDir, 'assets', 'main-1.js'), 'document.body.dataset.ran = "yes";');
  await writeFile(
    join(dashboardDir, 'index.html'),
    `<!doctype html><title>Page</title><script defer src="/assets/main-1.js"></script>
     <video muted src="${urls.videoUrl}"><track default src="${urls.captionsUrl}" /></video>
     <img alt="" src="${urls.thumbnailUrl}" />`,
  );
  server = await startTestServer({ http: { dashboardDir, libraryDir: join(folder.path, 'library') } });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** Opens a page; everything that the browser complains of is kept. */
async function open(path: string): Promise<AsyncDisposable & { page: Page; complaints: string[] }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(server.url + path);
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** Plays the first video of a page; gives how long it is, in seconds. */
const play = (page: Page) =>
  page.locator('video').evaluate(async (video: HTMLVideoElement) => {
    video.muted = true;
    await video.play();
    return video.duration;
  });

test('a page of this service plays a video with its captions, and shows its thumbnail', async () => {
  await using opened = await open('/batches/some');
  const { page, complaints } = opened;
  expect(await play(page)).toBeGreaterThan(3);
  await expect
    .poll(() => page.locator('track').evaluate((track: HTMLTrackElement) => track.track.cues?.length))
    .toBeGreaterThan(0);
  expect(await page.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1280);
  expect(await page.locator('body').getAttribute('data-ran')).toBe('yes');
  expect(complaints).toEqual([]);
});

test('a video plays, and a thumbnail shows, when it is opened by itself', async () => {
  await using video = await open(String(urls.videoUrl));
  expect(await play(video.page)).toBeGreaterThan(3);
  await using thumbnail = await open(String(urls.thumbnailUrl));
  expect(await thumbnail.page.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1280);
  expect([...video.complaints, ...thumbnail.complaints]).toEqual([]);
});

test.each([
  [
    'a script in the page',
    () => {
      const script = document.createElement('script');
      script.append('document.title = "taken over"');
      document.body.append(script);
    },
  ],
  [
    'a style in the page',
    () => {
      const style = document.createElement('style');
      style.textContent = 'title { color: red }';
      document.head.append(style);
    },
  ],
  ['markup made of text', () => document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="x()">')],
  ['another host', () => void fetch('https://elsewhere.example/').catch(() => {})],
  ['a picture of another host', () => void Object.assign(new Image(), { src: 'https://elsewhere.example/x.png' })],
])('the policy of the dashboard keeps it from %s', async (_what, attempt) => {
  await using opened = await open('/');
  const { page, complaints } = opened;
  await page.evaluate(attempt).catch((error: unknown) => complaints.push(String(error)));
  await expect.poll(() => complaints.join('\n')).toMatch(/content security policy|trusted(html|script| type)/i);
  expect(await page.title()).toBe('Page');
});
