import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { inputOf, type MadeBatch, makeBatch, updateProject } from '../graphql/scene.ts';
import { expectAccessible, openPage, setScene } from './scene.ts';

const scene = setScene();

const STAGES = [
  ['SCRIPT_GENERATING', 'SCRIPT_GENERATED'],
  ['ASSETS_GENERATING', 'ASSETS_GENERATED'],
  ['RENDERING', 'RENDERED'],
  ['THUMBNAIL_GENERATING', 'THUMBNAIL_GENERATED'],
  ['UPLOADING', 'COMPLETED'],
] as const;

/** What the table says of a stage: how long it takes, on how many that is measured, and how many have it before them. */
const rowOf = (page: Page, stage: string) => page.locator(`tr[data-stage="${stage}"] td`).allInnerTexts();
const chart = (page: Page) => page.getByRole('img', { name: /completed from .* to / });

/** Takes a project through its stages, each of which takes so many seconds by the history of the batch. */
async function complete({ uuid }: MadeBatch, projectUuid: string, stageSeconds: number): Promise<void> {
  for (const status of STAGES.flat()) {
    await updateProject(scene.server, projectUuid, { status });
  }
  await scene.server.testDatabase.sql(
    `UPDATE batch_events e SET at = at - $3 * (10 - n) * interval '1 second'
     FROM (SELECT version, row_number() OVER (ORDER BY version) AS n FROM batch_events
           WHERE batch_id = $1 AND project_id = $2) AS place
     WHERE e.batch_id = $1 AND e.version = place.version`,
    [uuid, projectUuid, stageSeconds],
  );
}

/** Lets the batch have started so many minutes ago, and its completed projects have ended evenly since. */
async function spread({ uuid }: MadeBatch, minutes: number): Promise<void> {
  await scene.server.testDatabase.sql(
    `UPDATE projects p SET finished_at = now() - $2 * (1 - place.share) * interval '1 minute'
     FROM (SELECT id, row_number() OVER (ORDER BY position)::float8 / count(*) OVER () AS share FROM projects
           WHERE batch_id = $1 AND status = 'COMPLETED') AS place
     WHERE p.id = place.id`,
    [uuid, minutes],
  );
  await scene.server.testDatabase.sql(
    `UPDATE batches SET started_at = now() - $2 * interval '1 minute' WHERE id = $1`,
    [uuid, minutes],
  );
}

test('the chart begins with the first project, and follows what is completed up to the end', async () => {
  const batch = await makeBatch(scene.server, inputOf(3, { name: 'Charted' }));
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${batch.id}?tab=pace`);
  const { page } = opened;
  await page.getByText('Nothing has started yet').waitFor();
  expect(await rowOf(page, 'RENDER')).toEqual(['not measured yet', '0', '3']);

  const [first, ...rest] = batch.projects;
  await complete(batch, first?.uuid ?? '', 60);
  await expect.poll(() => page.getByTestId('completed').innerText()).toBe('1 of 3 projects');
  await expect.poll(() => rowOf(page, 'RENDER')).toEqual(['1m', '1', '2']);
  for (const { uuid } of rest) {
    await complete(batch, uuid, 60);
  }
  await expect.poll(() => page.getByTestId('completed').innerText()).toBe('3 of 3 projects');
  await expect.poll(() => rowOf(page, 'UPLOAD')).toEqual(['1m', '3', '0']);
  expect(await chart(page).getAttribute('aria-label')).toMatch(/^3 of 3 projects completed from /);
});

test('a moment of the chart is looked at with the pointer, by keyboard, and in a table', async () => {
  const batch = await makeBatch(scene.server, inputOf(5, { name: 'Looked at' }));
  for (const { uuid } of batch.projects.slice(0, 4)) {
    await complete(batch, uuid, 10);
  }
  await spread(batch, 8);
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${batch.id}?tab=pace`);
  const { page } = opened;
  const readout = page.getByTestId('readout');
  await readout.getByText('4 completed').waitFor();
  await page.getByText('30 per hour').waitFor();

  const box = await chart(page).boundingBox();
  if (box === null) {
    throw new Error('there is no chart');
  }
  await page.mouse.move(box.x + 60, box.y + box.height / 2);
  await readout.getByText(': 0 completed').waitFor();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2);
  await readout.getByText(': 2 completed').waitFor();
  await page.mouse.move(0, 0);
  await readout.getByText(': 4 completed').waitFor();

  const slider = page.getByRole('slider', { name: 'Moment' });
  await slider.focus();
  await page.keyboard.press('Home');
  await readout.getByText(': 0 completed').waitFor();
  expect(await slider.getAttribute('aria-valuetext')).toMatch(/: 0 completed$/);
  for (let step = 0; step < 4; step++) {
    await page.keyboard.press('PageUp');
  }
  await readout.getByText(': 1 completed').waitFor();
  await page.keyboard.press('End');
  await readout.getByText(': 4 completed').waitFor();

  await page.getByRole('button', { name: 'The chart as a table' }).click();
  const table = page.getByRole('table', { name: 'Projects completed over time' });
  const counts = await table.locator('tbody td:last-child').allInnerTexts();
  expect(counts.slice(0, 5)).toEqual(['0', '1', '2', '3', '4']);
});

test('what remains is told once there is a basis, and not while the batch is paused', async () => {
  const batch = await makeBatch(scene.server, inputOf(3, { name: 'Remaining' }));
  await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${batch.id}`);
  const { page } = opened;
  await page.getByText('Not known yet').waitFor();
  await complete(batch, batch.projects[0]?.uuid ?? '', 60);
  await updateProject(scene.server, batch.projects[1]?.uuid ?? '', { status: 'SCRIPT_GENERATING' });
  // Two projects of five stages of a minute each, one at a time.
  await page.getByText(/about (10m|9m 5\ds)/).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText(/about/).waitFor({ state: 'detached' });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the pace has no barrier in the ${colorScheme} theme, at a desk and on a phone`, async () => {
    const batch = await makeBatch(scene.server, inputOf(4, { name: 'Accessible' }));
    for (const { uuid } of batch.projects.slice(0, 2)) {
      await complete(batch, uuid, 30);
    }
    await spread(batch, 100);
    await using opened = await openPage(scene.browser, `${scene.server.url}/batches/${batch.id}?tab=pace`, {
      colorScheme,
    });
    const { page } = opened;
    await chart(page).waitFor();
    await page.getByRole('button', { name: 'The chart as a table' }).click();
    await page.getByRole('table', { name: 'Projects completed over time' }).waitFor();
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expect.poll(async () => (await chart(page).boundingBox())?.width).toBeLessThan(360);
    await expectAccessible(page);
    const tooWide = page
      .locator('section')
      .evaluateAll((all) => all.filter((each) => each.scrollWidth > each.clientWidth));
    expect(await tooWide).toEqual([]);
  });
}
