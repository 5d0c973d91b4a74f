import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { pruneEvents } from '../../src/batches/prune.ts';
import { inputOf, makeBatch, updateProject } from '../graphql/scene.ts';
import { openProxy } from '../helpers/proxy.ts';
import { expectAccessible, openPage, setScene } from './scene.ts';

const scene = setScene();

const timeline = (page: Page) => page.getByRole('list', { name: 'History of the batch, newest first' });
const events = (page: Page) => timeline(page).getByRole('listitem');
const live = (page: Page) => page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
const control = (uuid: string, column: string, value: string) =>
  scene.server.testDatabase.sql(`UPDATE batches SET ${column} = ${value} WHERE id = $1`, [uuid]);

/** How many events the page knows of, when it has all of them. */
async function knownEvents(page: Page): Promise<number> {
  return Number(await events(page).first().getAttribute('aria-setsize'));
}

/** How many events a batch has. */
async function countEvents(uuid: string): Promise<number> {
  const [row] = await scene.server.testDatabase.sql('SELECT count(*)::int AS n FROM batch_events WHERE batch_id = $1', [
    uuid,
  ]);
  return Number(row?.['n']);
}

/** Writes so many events into the history of a batch, as if they had happened. */
async function addEvents(uuid: string, projectUuid: string, count: number): Promise<void> {
  await scene.server.testDatabase.sql(
    `WITH b AS (UPDATE batches SET version = version + $3::int WHERE id = $1 RETURNING version - $3::int AS version)
     INSERT INTO batch_events (batch_id, version, ordinal, kind, project_id, from_status, to_status)
     SELECT $1, b.version + n, 1, 'PROJECT_STATUS_CHANGED', $2, 'RENDERING', 'RENDERED'
     FROM b, generate_series(1, $3::int) AS n`,
    [uuid, projectUuid, count],
  );
}

test('the milestones of a batch are shown newest first, and everything where that is wanted', async () => {
  const { id, uuid, projects } = await makeBatch(scene.server, inputOf(2, { name: 'Milestones' }));
  await updateProject(scene.server, projects[0]?.uuid ?? '', { status: 'SCRIPT_GENERATING' });
  await control(uuid, 'paused_at', 'now()');
  await control(uuid, 'paused_at', 'NULL');
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${id}?tab=history`);
  const { page } = opened;
  await expect
    .poll(async () => (await events(page).allInnerTexts()).map((text) => text.split('\n').at(-1)))
    .toEqual(['Resumed', 'Paused', 'Batch created']);
  expect(await events(page).first().innerText()).toMatch(/\d{4}, \d+:\d\d:\d\d.[AP]M\n\+\d+ms/);

  await page.getByRole('button', { name: 'Everything' }).click();
  await expect.poll(() => events(page).count()).toBe(4);
  expect(new URL(page.url()).search).toBe('?tab=history&events=all');
  expect(await events(page).nth(2).innerText()).toContain('Project 1\nWriting script\nwas: Waiting');
  await page.goBack();
  await expect.poll(() => events(page).count()).toBe(3);
  await page.goForward();
  await expect.poll(() => events(page).count()).toBe(4);

  await page.getByRole('link', { name: 'Project 1' }).click();
  await page.getByRole('dialog', { name: 'Project 1' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).toBe('?tab=history&events=all');
});

test('what happens appears as it happens, up to the end of the batch', async () => {
  const { id, projects } = await makeBatch(scene.server, inputOf(2, { name: 'As it happens' }));
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${id}?tab=history&events=all`);
  const { page } = opened;
  await live(page);
  await timeline(page).getByText('Batch created').waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await timeline(page).getByText('Paused').waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  await timeline(page).getByText('Resumed').waitFor();
  for (const { uuid } of projects) {
    await updateProject(scene.server, uuid, { status: 'RENDERING' });
    await updateProject(scene.server, uuid, { status: 'COMPLETED' });
  }
  await timeline(page).getByText('Batch ended').waitFor();
  await expect.poll(() => knownEvents(page)).toBe(8);
  await page.getByRole('button', { name: 'Milestones' }).click();
  await expect.poll(() => events(page).count()).toBe(4);
});

test('a storm of changes over a cut connection leaves no gap and no repeat', async () => {
  const { id, uuid, projects } = await makeBatch(scene.server, inputOf(8, { name: 'Storm' }));
  await using network = await openProxy(scene.server.url);
  await using opened = await openPage(scene.browser, `${network.url}/batches/${id}?tab=history&events=all`);
  const { page } = opened;
  await live(page);
  await timeline(page).getByText('Batch created').waitFor();
  const statuses = ['SCRIPT_GENERATING', 'SCRIPT_GENERATED', 'ASSETS_GENERATING', 'ASSETS_GENERATED', 'RENDERING'];
  for (const status of statuses) {
    if (status === 'ASSETS_GENERATING') {
      network.cut();
    }
    for (const project of projects) {
      await updateProject(scene.server, project.uuid, { status });
    }
  }
  await addEvents(uuid, projects[0]?.uuid ?? '', 300);
  network.mend();
  await live(page);
  await expect.poll(() => knownEvents(page)).toBe(await countEvents(uuid));
  expect(await countEvents(uuid)).toBe(1 + 8 * statuses.length + 300);
});

test('a long history is read as one scrolls, of which only what is seen is drawn', { timeout: 120_000 }, async () => {
  const { id, uuid, projects } = await makeBatch(scene.server, inputOf(1, { name: 'Long' }));
  await addEvents(uuid, projects[0]?.uuid ?? '', 1_500);
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${id}?tab=history&events=all`);
  const { page } = opened;
  await events(page).first().waitFor();
  expect(await knownEvents(page)).toBe(-1);
  let most = 0;
  await expect
    .poll(
      async () => {
        await page.mouse.wheel(0, 4_000);
        most = Math.max(most, await events(page).count());
        return timeline(page).getByText('Batch created').isVisible();
      },
      { timeout: 60_000, interval: 50 },
    )
    .toBe(true);
  expect(most).toBeLessThan(80);
  expect(await knownEvents(page)).toBe(await countEvents(uuid));
  expect(await events(page).last().getAttribute('aria-posinset')).toBe(String(await countEvents(uuid)));
});

test('what is new does not move what one has scrolled to', async () => {
  const { id, uuid, projects } = await makeBatch(scene.server, inputOf(1, { name: 'Still' }));
  const project = projects[0]?.uuid ?? '';
  await addEvents(uuid, project, 300);
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${id}?tab=history&events=all`);
  const { page } = opened;
  await live(page);
  await events(page).first().waitFor();
  await page.mouse.move(640, 400);
  await page.mouse.wheel(0, 2_500);
  await expect.poll(() => events(page).first().getAttribute('aria-posinset')).not.toBe('1');
  /** The place in the window of the event in the middle of it, found again by its place from the end. */
  const middle = () =>
    page.evaluate(() => {
      const item = document.elementFromPoint(640, 400)?.closest('li');
      return { place: Number(item?.ariaPosInSet), top: item?.getBoundingClientRect().top };
    });
  const before = await middle();
  await updateProject(scene.server, project, { status: 'SCRIPT_GENERATING' });
  await updateProject(scene.server, project, { status: 'SCRIPT_GENERATED' });
  await expect.poll(async () => (await middle()).place).toBe(before.place + 2);
  expect((await middle()).top).toBeCloseTo(before.top ?? 0, 0);
  // Back at the top, the newest is there.
  await page.evaluate(() => window.scrollTo(0, 0));
  await timeline(page).getByText('Script done').waitFor();
});

test('a history that has lost its beginning says so', async () => {
  const { id, uuid, projects } = await makeBatch(scene.server, inputOf(1, { name: 'Pruned' }));
  await scene.server.testDatabase.sql(`UPDATE batch_events SET at = at - interval '40 days' WHERE batch_id = $1`, [
    uuid,
  ]);
  await pruneEvents(scene.server.testDatabase.database, 30);
  await updateProject(scene.server, projects[0]?.uuid ?? '', { status: 'RENDERING' });
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${id}?tab=history&events=all`);
  const { page } = opened;
  await timeline(page).getByText('Rendering').waitFor();
  await page.getByText('What happened before has been removed from the history').waitFor();
  await page.getByRole('button', { name: 'Milestones' }).click();
  await page.getByText('What happened before has been removed from the history').waitFor();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the history has no barrier in the ${colorScheme} theme, at a desk and on a phone`, async () => {
    const { id, uuid, projects } = await makeBatch(scene.server, inputOf(3, { name: 'Accessible' }));
    await control(uuid, 'paused_at', 'now()');
    await updateProject(scene.server, projects[0]?.uuid ?? '', { status: 'COMPLETED' });
    await updateProject(scene.server, projects[1]?.uuid ?? '', { status: 'FAILED' });
    await control(uuid, 'cancelled_at', 'now()');
    await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${id}?tab=history&events=all`, {
      colorScheme,
    });
    const { page } = opened;
    await events(page).first().waitFor();
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  });
}
