import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inputOf, makeBatch, textOf, updateProject } from '../graphql/scene.ts';
import { openBrowser } from '../helpers/browser.ts';
import { createTestFolder } from '../helpers/process.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { entriesOf, type TestToken, tokenOf } from '../helpers/tokens.ts';
import { choose, createButton, nameField, file as textFile } from './new-batch-steps.ts';
import { expectAccessible, openPage } from './scene.ts';

const alice = tokenOf('alice', 'operator');
const bob = tokenOf('bob', 'operator');
const victor = tokenOf('alice', 'viewer');
const successor = tokenOf('alice', 'admin');
const root = tokenOf('root', 'admin');
const stranger = tokenOf('mallory', 'admin');

let folder: Awaited<ReturnType<typeof createTestFolder>>;
let browser: Browser & AsyncDisposable;
let server: TestServer;
beforeAll(async () => {
  folder = await createTestFolder();
  browser = await openBrowser();
  server = await startServer('all');
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await browser[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** A server whose tokens can be taken back: looked at again at once, and not only by the minute. */
async function startServer(name: string): Promise<TestServer> {
  await writeFile(join(folder.path, name), entriesOf(alice, bob, victor, successor));
  return await startTestServer({ tokens: join(folder.path, name), http: { tokenCheckMs: 200 } });
}

/** Leaves only these tokens to a server. */
async function leave(name: string, ...tokens: TestToken[]): Promise<void> {
  const file = join(folder.path, name);
  await writeFile(`${file}.new`, entriesOf(...tokens));
  await rename(`${file}.new`, file);
}

const fieldOf = (page: Page) => page.getByLabel('Access token');

async function signIn(page: Page, { token }: TestToken, { stays = false } = {}): Promise<void> {
  await fieldOf(page).fill(token);
  if (stays) {
    await page.getByLabel('Stay signed in on this browser').check();
  }
  await page.keyboard.press('Enter');
}

const settings = (page: Page) => page.getByRole('banner').getByRole('button', { name: 'Settings' }).click();
const signInTitle = (page: Page) => page.getByRole('heading', { name: 'Sign in' });
const listTitle = (page: Page) => page.getByRole('heading', { name: 'Batches', exact: true });

/** What the page keeps in the browser, besides whose drafts it may show. */
const keptBy = (page: Page) =>
  page.evaluate(() => {
    const { 'showrunner.subject': _subject, ...kept } = { ...localStorage };
    return { tab: { ...sessionStorage }, browser: kept };
  });

test('a token lets in, also one that was copied with what stands around it, and is part of no address', async () => {
  const batch = await makeBatch(server, inputOf(2, { name: 'Of Alice' }), alice.headers);
  await makeBatch(server, inputOf(1, { name: 'Of Bob' }), bob.headers);
  await using opened = await openPage(browser, `${server.url}/batches/${batch.id}?tab=history`);
  const { page } = opened;
  const addresses: string[] = [];
  page.on('request', (request) => addresses.push(request.url()));
  page.on('websocket', (socket) => addresses.push(socket.url()));
  await signInTitle(page).waitFor();
  expect(await page.title()).toBe('Sign in · Showrunner');
  await expect.poll(() => fieldOf(page).evaluate((field) => document.activeElement === field)).toBe(true);
  expect(await page.getByRole('link', { name: 'New batch' }).count()).toBe(0);

  await page.keyboard.press('Enter');
  await page.getByText('There is no token here yet.').waitFor();
  await fieldOf(page).fill(alice.entry);
  await page.keyboard.press('Enter');
  await page.getByText('This is no token').waitFor();
  await signIn(page, stranger);
  await page.getByText('The service does not take this token.').waitFor();
  expect(await fieldOf(page).getAttribute('aria-invalid')).toBe('true');
  expect(await keptBy(page)).toEqual({ tab: {}, browser: {} });

  await fieldOf(page).fill(`  Bearer ${alice.token}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Of Alice' }).waitFor();
  expect(page.url()).toBe(`${server.url}/batches/${batch.id}?tab=history`);
  await page.getByRole('status').getByText('Live').waitFor();
  await updateProject(server, String(batch.projects[0]?.uuid), { status: 'COMPLETED' });
  await expect.poll(() => page.getByTestId('count-completed').innerText()).toBe('1');

  await page.getByRole('link', { name: 'Batches' }).click();
  await page.getByRole('row', { name: /Of Alice/ }).waitFor();
  expect(await page.getByRole('row', { name: /Of Bob/ }).count()).toBe(0);
  await settings(page);
  await expect.poll(() => page.getByTestId('viewer').innerText()).toMatch(/alice\s+May create and control/);
  expect(addresses.filter((address) => address.includes(alice.token))).toEqual([]);
  expect((await keptBy(page)).browser).toEqual({});
});

test('a token is kept for its tab, over a reload, unless it is to be kept for the browser', async () => {
  await using opened = await openPage(browser, server.url);
  const { page } = opened;
  await signIn(page, alice);
  await listTitle(page).waitFor();
  await page.reload();
  await listTitle(page).waitFor();
  const other = await page.context().newPage();
  await other.goto(server.url);
  await signInTitle(other).waitFor();
  expect(JSON.stringify((await keptBy(other)).browser)).not.toContain(alice.token);

  await signIn(other, bob, { stays: true });
  await listTitle(other).waitFor();
  await other.close();
  const third = await page.context().newPage();
  await third.goto(server.url);
  await listTitle(third).waitFor();
  await settings(third);
  await third.getByTestId('viewer').getByText('bob').waitFor();
  // The first tab has its own, and keeps it.
  await settings(page);
  await page.getByTestId('viewer').getByText('alice').waitFor();
});

test('whoever signs out is out in every tab, and leaves no token behind', async () => {
  const batch = await makeBatch(server, inputOf(1, { name: 'Seen before' }), alice.headers);
  await using opened = await openPage(browser, server.url);
  const { page } = opened;
  await signIn(page, alice, { stays: true });
  await page.getByRole('row', { name: /Seen before/ }).waitFor();
  const same = await page.context().newPage();
  await same.goto(`${server.url}/batches/${batch.id}`);
  await same.getByRole('heading', { name: 'Seen before' }).waitFor();
  const own = await page.context().newPage();
  await own.addInitScript((token) => {
    sessionStorage.setItem('showrunner.token', JSON.stringify({ token, sinceMs: Date.now() }));
  }, bob.token);
  await own.goto(server.url);
  await listTitle(own).waitFor();

  await settings(page);
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  for (const tab of [page, same, own]) {
    await signInTitle(tab).waitFor();
    expect(await tab.getByTestId('why').innerText()).toBe('You have signed out.');
    const { browser: kept, tab: keptInTab } = await keptBy(tab);
    expect(Object.keys({ ...kept, ...keptInTab })).toEqual(['showrunner.signedOut']);
    expect(await tab.getByText('Seen before').count()).toBe(0);
  }
  await page.reload();
  await signInTitle(page).waitFor();
  await expect.poll(() => server.feed.subscribers).toBe(0);

  // Whoever comes next sees what is theirs, and lets the other tabs in, too.
  await signIn(page, bob, { stays: true });
  await listTitle(page).waitFor();
  expect(await page.getByRole('row', { name: /Seen before/ }).count()).toBe(0);
  await same.getByText('This batch does not exist').waitFor();
});

test('a token that is taken back in the middle is asked for anew, and the page goes on where it was', async () => {
  await using own = await startServer('taken back');
  const { url } = own;
  const batch = await makeBatch(own, inputOf(3, { name: 'Goes on' }), alice.headers);
  await using opened = await openPage(browser, `${url}/new`);
  const { page } = opened;
  await signIn(page, alice);
  await nameField(page).fill('A draft that stays');
  await leave('taken back', bob, successor);
  await signInTitle(page).waitFor();
  expect(await page.getByTestId('why').innerText()).toMatch(/^Your token is not valid any more/);
  expect(await keptBy(page)).toEqual({
    tab: expect.not.objectContaining({ 'showrunner.token': expect.anything() }),
    browser: {},
  });
  await signIn(page, alice);
  await page.getByText('The service does not take this token.').waitFor();
  await signIn(page, successor);
  await expect.poll(() => nameField(page).inputValue()).toBe('A draft that stays');

  await page.goto(`${url}/batches/${batch.id}?tab=history`);
  await page.getByRole('status').getByText('Live').waitFor();
  await leave('taken back', bob);
  await signInTitle(page).waitFor();
  await updateProject(own, String(batch.projects[0]?.uuid), { status: 'COMPLETED' });
  await leave('taken back', bob, root);
  await expect.poll(async () => (await own.queryText('{ __typename }', root.headers)).errors).toBeUndefined();
  await signIn(page, root);
  await expect.poll(() => page.getByTestId('count-completed').innerText()).toBe('1');
  expect(page.url()).toBe(`${url}/batches/${batch.id}?tab=history`);
  await page.getByRole('status').getByText('Live').waitFor();
  await updateProject(own, String(batch.projects[1]?.uuid), { status: 'COMPLETED' });
  await expect.poll(() => page.getByTestId('count-completed').innerText()).toBe('2');
});

test('a batch that was sent with a token that is no longer taken is kept as a draft, and sent after signing in', async () => {
  const file = join(folder.path, 'too late');
  await writeFile(file, entriesOf(alice, successor));
  await using own = await startTestServer({ tokens: file, http: { tokenCheckMs: 600_000 } });
  await using opened = await openPage(browser, `${own.url}/new`);
  const { page } = opened;
  await signIn(page, alice);
  await nameField(page).fill('Sent twice');
  await choose(page, [textFile('one.txt', textOf(500))]);
  await leave('too late', successor);
  await expect
    .poll(async () => (await own.queryText('{ __typename }', alice.headers)).errors?.[0]?.extensions?.['code'])
    .toBe('UNAUTHENTICATED');
  await createButton(page).click();
  await signInTitle(page).waitFor();
  await signIn(page, successor);
  await expect.poll(() => nameField(page).inputValue()).toBe('Sent twice');
  expect(await page.getByRole('alert').count()).toBe(0);
  await createButton(page).click();
  await page.getByRole('heading', { name: 'Sent twice' }).waitFor();
  const { data } = await own.queryText('{ batches { totalCount } }', successor.headers);
  expect(data).toEqual({ batches: { totalCount: 1 } });
});

test('a draft is shown to whom it belongs, in whatever tab, and is there when they come back', async () => {
  await using opened = await openPage(browser, `${server.url}/new`);
  const { page } = opened;
  await signIn(page, alice);
  await nameField(page).fill('Draft of Alice');
  await page.getByText('Draft kept in this browser').waitFor();
  const other = await page.context().newPage();
  await other.goto(`${server.url}/new`);
  await signIn(other, alice);
  await nameField(other).fill('Another of Alice');
  await other.getByText('Draft kept in this browser').waitFor();

  await settings(page);
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await signInTitle(other).waitFor();
  await signIn(page, bob, { stays: true });
  for (const tab of [page, other]) {
    await expect.poll(() => nameField(tab).inputValue()).toBe('');
    expect(await tab.getByText('of Alice').count()).toBe(0);
  }
  const fresh = await page.context().newPage();
  await fresh.goto(`${server.url}/new`);
  await nameField(fresh).waitFor();
  expect(await fresh.getByText('of Alice').count()).toBe(0);

  await settings(page);
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await signIn(page, alice);
  await expect.poll(() => nameField(page).inputValue()).toBe('Draft of Alice');
});

test('files of a project come by addresses that let a player in, which has no token', async () => {
  const { id, projects } = await makeBatch(server, inputOf(1, { name: 'With files' }), alice.headers);
  const { id: projectId = '', uuid = '' } = projects[0] ?? {};
  await mkdir(join(server.libraryDir, uuid));
  const captions = 'WEBVTT\n\n00:01.000 --> 00:02.000\nA caption\n';
  await writeFile(join(server.libraryDir, uuid, 'video.mp4'), 'no video');
  await writeFile(join(server.libraryDir, uuid, 'captions.vtt'), captions);
  await server.testDatabase.sql(
    `UPDATE projects SET status = 'COMPLETED', video_url = '/library/' || id || '/video.mp4',
       captions_url = '/library/' || id || '/captions.vtt' WHERE id = $1`,
    [uuid],
  );
  await using opened = await openPage(browser, `${server.url}/batches/${id}/projects/${projectId}`);
  const { page } = opened;
  await signIn(page, alice);
  await page.getByTestId('video-problem').getByText('This browser cannot play the video').waitFor();
  await page.getByRole('button', { name: 'Read the captions' }).click();
  await page.getByText('A caption').waitFor();
  const link = await page.getByRole('link', { name: 'Download video' }).getAttribute('href');
  expect(link).toMatch(/\/video\.mp4\?by=[^&]+&until=\d+&sig=[^&]+&v=\d+$/);
  expect(link).not.toContain(alice.token);
  const answer = await page.request.get(new URL(String(link), server.url).href);
  expect([answer.status(), await answer.text()]).toEqual([200, 'no video']);
});

test('to whoever may only look, nothing else is offered', async () => {
  const batch = await makeBatch(server, inputOf(2, { name: 'To look at' }), alice.headers);
  const [project] = batch.projects;
  await updateProject(server, String(project?.uuid), { status: 'FAILED', error_message: 'render: no disk' });
  await using opened = await openPage(browser, `${server.url}/batches/${batch.id}`);
  const { page } = opened;
  const actions = page.getByRole('button', { name: /^(Pause|Cancel|Retry|Resume)(:|$)/ });
  await signIn(page, alice);
  await page.getByRole('button', { name: 'Retry' }).waitFor();
  expect(await actions.allInnerTexts()).toEqual(['Pause', 'Retry', 'Cancel']);
  await settings(page);
  await page.getByRole('menuitem', { name: 'Sign out' }).click();

  await signIn(page, victor);
  await page.getByRole('heading', { name: 'To look at' }).waitFor();
  await settings(page);
  await expect.poll(() => page.getByTestId('viewer').innerText()).toMatch(/alice\s+May look only/);
  await page.keyboard.press('Escape');
  expect(await actions.count()).toBe(0);
  expect(await page.getByRole('link', { name: 'New batch' }).count()).toBe(0);
  await page.getByRole('link', { name: 'Project 1' }).click();
  await page.getByRole('dialog').getByTestId('project-error').waitFor();
  expect(await actions.count()).toBe(0);
  await page.goto(`${server.url}/?search=To+look+at`);
  await page.getByRole('row', { name: /To look at/ }).waitFor();
  expect(await actions.count()).toBe(0);
  await page.goto(`${server.url}/?search=nothing+like+it`);
  await page.goto(`${server.url}/new`);
  await page.getByRole('heading', { name: 'You may only look' }).waitFor();
  await expectAccessible(page);
});

test('a service that asks nobody shows nothing of it', async () => {
  await using open = await startTestServer();
  await using opened = await openPage(browser, open.url);
  const { page } = opened;
  await page.getByRole('banner').getByRole('link', { name: 'New batch' }).waitFor();
  await settings(page);
  await page.getByRole('menuitem', { name: 'GraphQL API' }).waitFor();
  expect(await page.getByTestId('viewer').count()).toBe(0);
  expect(await page.getByRole('menuitem', { name: 'Sign out' }).count()).toBe(0);
});

test.each(['light', 'dark'] as const)(
  'signing in has no barrier, %s, at a desk and on a phone',
  async (colorScheme) => {
    await using opened = await openPage(browser, server.url, { colorScheme });
    const { page } = opened;
    await signInTitle(page).waitFor();
    await expectAccessible(page);
    await page.setViewportSize({ width: 390, height: 844 });
    await signIn(page, stranger);
    await page.getByText('The service does not take this token.').waitFor();
    await expectAccessible(page);
    await signIn(page, alice);
    await listTitle(page).waitFor();
    await settings(page);
    await page.getByTestId('viewer').waitFor();
    await expectAccessible(page);
  },
);

test('signing in speaks Chinese, too', async () => {
  await using opened = await openPage(browser, server.url, { locale: 'zh-TW' });
  const { page } = opened;
  await page.getByRole('heading', { name: '登入' }).waitFor();
  await page.getByLabel('存取權杖').fill(stranger.token);
  await page.keyboard.press('Enter');
  await page.getByText('服務不接受此權杖').waitFor();
  await page.getByLabel('存取權杖').fill(alice.token);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '批次任務', exact: true }).waitFor();
});
