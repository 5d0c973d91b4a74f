import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { createLocalStudio } from '../../src/studio/studio.ts';
import { inputOf, makeBatch, textOf, updateProject } from '../graphql/scene.ts';
import { createTestDatabase } from '../helpers/database.ts';
import { openTestQueue, startTestEngine } from '../helpers/engine.ts';
import { createTestFolder } from '../helpers/process.ts';
import { startTestServer } from '../helpers/server.ts';
import { expectAccessible, openPage, setScene } from './scene.ts';

const scene = setScene();

const dialogOf = (page: Page, name: string) => page.getByRole('dialog', { name });
const statusOf = (dialog: Locator) => dialog.getByTestId('project-status');
const stepsOf = (dialog: Locator) => dialog.getByRole('list', { name: 'Stages' }).getByRole('listitem').allInnerTexts();
const eventsOf = (dialog: Locator) => dialog.getByRole('list', { name: 'History' }).getByRole('listitem');

test('a project is watched from its text to its video, which plays in place', { timeout: 120_000 }, async () => {
  await using folder = await createTestFolder();
  await using testDatabase = await createTestDatabase();
  const { database } = testDatabase;
  await using queue = await openTestQueue(database);
  await using real = await startTestServer({
    testDatabase,
    queue: () => queue,
    http: { libraryDir: join(folder.path, 'library') },
  });
  const { id } = await makeBatch(real, inputOf(1, { name: 'Watched' }));
  await using opened = await openPage(scene.browser, `${real.url}/batches/${id}`);
  const { page } = opened;
  const ranges: (string | undefined)[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/video.mp4')) {
      ranges.push(request.headers()['range']);
    }
  });
  await page.getByRole('link', { name: 'Project 1' }).click();
  const dialog = dialogOf(page, 'Project 1');
  await statusOf(dialog).getByText('Waiting').waitFor();
  await dialog.getByText('The video appears here once it is done.').waitFor();
  expect(await page.title()).toBe('Project 1 · Showrunner');

  await using _engine = await startTestEngine(database, queue, createLocalStudio({ dataDir: folder.path }));
  await statusOf(dialog).getByText('Completed').waitFor();
  expect((await stepsOf(dialog)).map((text) => text.split('\n').at(-1))).toEqual(Array(5).fill('done'));
  // Ten status changes, and that it was made.
  await expect.poll(() => eventsOf(dialog).count()).toBe(11);
  expect(await eventsOf(dialog).first().innerText()).toMatch(/^Completed\s+after \d+ms/);
  expect(await eventsOf(dialog).last().innerText()).toMatch(/^Created/);

  const video = dialog.locator('video');
  await expect.poll(() => video.evaluate((each: HTMLVideoElement) => each.duration)).toBeGreaterThan(10);
  await expect.poll(() => ranges.length).toBeGreaterThan(0);
  expect(ranges.every((range) => range?.startsWith('bytes='))).toBe(true);
  await dialog.getByRole('button', { name: 'Read the captions' }).click();
  await dialog.getByRole('button', { name: 'Play from 0:10' }).click();
  await expect
    .poll(() => video.evaluate((each: HTMLVideoElement) => each.currentTime > 10 && !each.paused && !each.error))
    .toBe(true);
  expect(await video.evaluate((each: HTMLVideoElement) => each.textTracks.length)).toBe(1);

  for (const [name, type] of [
    ['Download video', 'video/mp4'],
    ['Thumbnail', 'image/jpeg'],
    ['Captions', 'text/vtt'],
  ] as const) {
    const link = dialog.getByRole('link', { name, exact: true });
    expect(await link.getAttribute('download')).toMatch(/^Project 1\.(mp4|jpg|vtt)$/);
    const answer = await page.request.get(new URL(String(await link.getAttribute('href')), real.url).href);
    expect(answer.headers()['content-type']).toContain(type);
  }

  // Signed anew, as a service does that asks who calls: the links follow at once, what plays goes on.
  const sign = (signature: string, minutes: number) =>
    real.testDatabase.sql(`UPDATE projects SET video_url = '/library/' || id || '/video.mp4' || $1::text`, [
      `?by=me&until=${Math.floor(Date.now() / 1_000) + 60 * minutes}&sig=${signature}`,
    ]);
  const comeBack = async (signature: string) => {
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await expect
      .poll(() => dialog.getByRole('link', { name: 'Download video' }).getAttribute('href'))
      .toContain(`sig=${signature}&v=`);
  };
  const source = () => video.evaluate((each: HTMLVideoElement) => each.currentSrc);
  await sign('first', 5);
  await page.reload();
  await expect.poll(source).toContain('sig=first&v=');
  await video.evaluate((each: HTMLVideoElement) => each.play());
  await expect.poll(() => video.evaluate((each: HTMLVideoElement) => each.currentTime)).toBeGreaterThan(0.5);
  await sign('second', 5);
  await comeBack('second');
  expect(await source()).toContain('sig=first&v=');
  expect(await video.evaluate((each: HTMLVideoElement) => !each.paused && each.currentTime > 0.5)).toBe(true);

  // The service does not take the first one any more: the video goes on with the second one.
  await page.route(/sig=first/, (route) => route.fulfill({ status: 404 }));
  await video.evaluate((each: HTMLVideoElement) => each.load());
  await expect.poll(source).toContain('sig=second&v=');
  await expect.poll(() => video.evaluate((each: HTMLVideoElement) => each.readyState)).toBeGreaterThan(0);

  // And where it ends before there is another one, as while a machine sleeps, with the next one.
  await page.route(/sig=second/, (route) => route.fulfill({ status: 404 }));
  await video.evaluate((each: HTMLVideoElement) => each.load());
  await dialog.getByText('The video is no longer on the server.').waitFor();
  await sign('third', 120);
  await comeBack('third');
  await expect.poll(() => video.evaluate((each: HTMLVideoElement) => each.readyState)).toBeGreaterThan(0);
  expect(await source()).toContain('sig=third&v=');
});

test('a project that fails says where and why, and is sent back to work from where it is shown', async () => {
  const { id, projects } = await makeBatch(scene.server, inputOf(2, { name: 'Failing' }));
  const [project] = projects;
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${id}/projects/${project?.id}`);
  const { page } = opened;
  const dialog = dialogOf(page, 'Project 1');
  await statusOf(dialog).getByText('Waiting').waitFor();
  expect(await dialog.getByRole('button', { name: 'Retry' }).count()).toBe(0);
  await updateProject(scene.server, project?.uuid ?? '', { status: 'RENDERING', fraction: 0.5 });
  await statusOf(dialog).getByText('Rendering').waitFor();
  await expect.poll(() => stepsOf(dialog)).toContain('Render\nrunning');
  await updateProject(scene.server, project?.uuid ?? '', {
    status: 'FAILED',
    error_message: 'render: the disk is full',
  });

  await dialog.getByTestId('project-error').getByText('render: the disk is full').waitFor();
  await expect.poll(() => stepsOf(dialog)).toContain('Render\nstopped here');
  await expect.poll(() => eventsOf(dialog).allInnerTexts()).toHaveLength(3);
  expect(await dialog.getByTestId('project-attempt').innerText()).toBe('1');
  await dialog.getByRole('button', { name: 'Retry' }).click();
  await statusOf(dialog).getByText('Waiting').waitFor();
  await expect.poll(() => dialog.getByTestId('project-attempt').innerText()).toBe('2');
  expect(await dialog.getByTestId('project-error').count()).toBe(0);
  await expect.poll(() => eventsOf(dialog).first().innerText()).toMatch(/^Waiting/);
});

test('a retry that the service refuses is told with its reason', async () => {
  const { id, projects } = await makeBatch(scene.server, inputOf(1, { name: 'Refused retry' }));
  const [project] = projects;
  await updateProject(scene.server, project?.uuid ?? '', { status: 'FAILED', error_message: 'script: no' });
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${id}/projects/${project?.id}`);
  const { page } = opened;
  const held = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('mutation RetryBatch') === true) {
      await held.promise;
    }
    await route.continue();
  });
  await dialogOf(page, 'Project 1').getByRole('button', { name: 'Retry' }).click();
  await updateProject(scene.server, project?.uuid ?? '', { status: 'RENDERING' });
  held.resolve();
  await page.getByText('Retry did not work: Project 1').first().waitFor();
  await statusOf(dialogOf(page, 'Project 1')).getByText('Rendering').waitFor();
});

test('a video that the browser cannot play, or that is gone, is said to be', async () => {
  const { id, projects } = await makeBatch(scene.server, inputOf(2, { name: 'No video' }));
  for (const { uuid } of projects) {
    await scene.server.testDatabase.sql(
      `UPDATE projects SET status = 'COMPLETED', video_url = '/library/' || id || '/video.mp4' WHERE id = $1`,
      [uuid],
    );
  }
  const [strange, gone] = projects;
  await mkdir(join(scene.server.libraryDir, strange?.uuid ?? ''));
  await writeFile(join(scene.server.libraryDir, strange?.uuid ?? '', 'video.mp4'), 'This is no video. '.repeat(100));
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${id}/projects/${strange?.id}`);
  const { page } = opened;
  const problem = page.getByTestId('video-problem');
  await problem.getByText('This browser cannot play the video').waitFor();
  await expectAccessible(page);
  await page.goto(`${scene.server.url}/batches/${id}/projects/${gone?.id}`);
  await problem.getByText('The video is no longer on the server.').waitFor();
});

test('the text is read when it is asked for, counted in characters, and copied', async () => {
  const content = `${textOf(500)}🎬 第一\n\n第二。`;
  const projects = [{ name: 'A text', content }];
  const batch = await makeBatch(scene.server, { ...inputOf(0, { name: 'Texts' }), projects });
  const options = { permissions: ['clipboard-read', 'clipboard-write'] };
  const address = `${scene.server.url}/batches/${batch.id}/projects/${batch.projects[0]?.id}`;
  await using opened = await openPage(scene.browser, address, options);
  const { page } = opened;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.postData() ?? ''));
  const dialog = dialogOf(page, 'A text');
  await dialog.getByRole('list', { name: 'History' }).waitFor();
  expect(asked.some((body) => body.includes('content'))).toBe(false);
  await dialog.getByRole('button', { name: 'Read the text' }).click();
  await dialog.getByText(`${[...content].length} characters`).waitFor();
  expect(await dialog.getByTestId('content').innerText()).toBe(content);
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await dialog.getByRole('button', { name: 'Copied' }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(content);
});

test('where a page has no clipboard, the text is copied all the same', async () => {
  const { id, projects } = await makeBatch(scene.server, inputOf(1, { name: 'No clipboard' }));
  await updateProject(scene.server, projects[0]?.uuid ?? '', { status: 'FAILED', error_message: 'assets: no font' });
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches`, {
    permissions: ['clipboard-read'],
  });
  const { page } = opened;
  // As a browser has it for a page of another machine without HTTPS.
  await page.addInitScript(() => Object.defineProperty(window, 'isSecureContext', { value: false }));
  await page.goto(`${scene.server.url}/batches/${id}/projects/${projects[0]?.id}`);
  const button = dialogOf(page, 'Project 1').getByRole('button', { name: 'Copy' });
  await button.click();
  await dialogOf(page, 'Project 1').getByRole('button', { name: 'Copied' }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('assets: no font');
});

test('a project is opened and closed by keyboard: the focus stays inside, and returns to where it was', async () => {
  const { id } = await makeBatch(scene.server, inputOf(3, { name: 'Keys' }));
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${id}`);
  const { page } = opened;
  const link = page.getByRole('link', { name: 'Project 2' });
  await link.focus();
  await page.keyboard.press('Enter');
  const dialog = dialogOf(page, 'Project 2');
  await dialog.getByRole('button', { name: 'Close' }).and(page.locator(':focus')).waitFor();
  for (let tabs = 0; tabs < 6; tabs++) {
    await page.keyboard.press('Tab');
    // What stands around the dialog to catch the focus hands it back in the next frame.
    await expect.poll(() => dialog.evaluate((each) => each.parentElement?.contains(document.activeElement))).toBe(true);
  }
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await link.and(page.locator(':focus')).waitFor();
  expect(new URL(page.url()).pathname).toBe(`/batches/${id}`);
  await expect.poll(() => page.title()).toBe('0% Keys · Showrunner');

  // The browser's own way back closes it too, and its way forward opens it again.
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  await page.goBack();
  await dialog.waitFor({ state: 'detached' });
  await link.and(page.locator(':focus')).waitFor();
  await page.goForward();
  await dialog.waitFor();
});

test('a project that does not exist is said not to', async () => {
  const { id } = await makeBatch(scene.server, inputOf(1, { name: 'Missing' }));
  const unknown = 'project_01a00000-0000-7000-8000-000000000000';
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${id}/projects/${unknown}`);
  const { page } = opened;
  const dialog = dialogOf(page, 'This project does not exist');
  await dialog.getByText('It may have been deleted').waitFor();
  expect(await page.title()).toBe('This project does not exist · Showrunner');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(new URL(page.url()).pathname).toBe(`/batches/${id}`);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`an open project has no barrier in the ${colorScheme} theme, at a desk and on a phone`, async () => {
    const { id, projects } = await makeBatch(scene.server, inputOf(1, { name: 'Accessible' }));
    await updateProject(scene.server, projects[0]?.uuid ?? '', { status: 'RENDERING', fraction: 0.2 });
    await updateProject(scene.server, projects[0]?.uuid ?? '', {
      status: 'FAILED',
      error_message: 'render: no memory',
    });
    const address = `${scene.server.url}/batches/${id}/projects/${projects[0]?.id}`;
    await using opened = await openPage(scene.browser, address, { colorScheme, reducedMotion: 'reduce' });
    const { page } = opened;
    await page.getByRole('button', { name: 'Read the text' }).click();
    await page.getByTestId('content').waitFor();
    await eventsOf(dialogOf(page, 'Project 1')).first().waitFor();
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectAccessible(page);
    const width = await page.getByRole('dialog').evaluate((each) => [each.scrollWidth, each.clientWidth]);
    expect(width[0]).toBe(width[1]);
  });
}

test('a project that is opened under another batch leads to its own', async () => {
  const one = await makeBatch(scene.server, inputOf(1, { name: 'Not its batch' }));
  const other = await makeBatch(scene.server, inputOf(1, { name: 'Its batch' }));
  const project = other.projects[0]?.id ?? '';
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${one.id}/projects/${project}`);
  const { page } = opened;
  await page.waitForURL(`**/batches/${other.id}/projects/${project}`);
  await dialogOf(page, 'Project 1').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Its batch' }).waitFor();
});
