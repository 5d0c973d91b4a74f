import { setInterval as every } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { openBrowser } from '../../test/helpers/browser.ts';
import { insertBatch, SET_STATUS, statusAt } from '../harness/batches.ts';
import type { Driver } from '../harness/driver.ts';
import { BOTH, type Row } from '../harness/row.ts';
import { startBenchService } from '../harness/service.ts';
import { interleaved, median, quantile } from '../harness/statistics.ts';

const CHANGES_PER_S = 50;
/** Half of the changes are among the first rows, which are scrolled over. */
const SCROLLED_ROWS = 500;

/** How smoothly the table of a large batch scrolls while its projects change. */
export const dashboard: Row = {
  name: 'dashboard',
  about: 'time between frames while a large table scrolls and changes, beside the same scrolling while nothing changes',
  backends: BOTH,
  async run(run) {
    const projects = run.quick ? 1_000 : 10_000;
    const seconds = run.quick ? 1 : 5;
    await using service = await startBenchService(run);
    const { id, projectIds } = await insertBatch(service.driver, projects);
    await using browser = await openBrowser();
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(`${service.url}/batches/batch_${id}`);
    await page.locator('tr[data-project]').first().waitFor();
    let changed = 0;
    const p95s = { moving: [] as number[], still: [] as number[] };
    const p50s = await interleaved((run.quick ? 1 : 3) + 1, {
      moving: async () => {
        await using changes = beginChanges(service.driver, projectIds, changed);
        const frames = await scroll(page, seconds);
        changed = await changes.end();
        p95s.moving.push(quantile(frames, 0.95));
        return median(frames);
      },
      still: async () => {
        const frames = await scroll(page, seconds);
        p95s.still.push(quantile(frames, 0.95));
        return median(frames);
      },
    });
    const perS = Math.round(changed / (seconds * p50s.moving.length));
    const figure = (name: string, { moving, still }: Record<'moving' | 'still', number[]>) => ({
      what: `${name} of ${projects.toLocaleString('en')} rows, ${perS} changes/s`,
      // The first ones warm the page up.
      ours: { value: median(moving.slice(1)), unit: 'ms' },
      peer: { name: 'while nothing changes', value: median(still.slice(1)), unit: 'ms' },
      goal: undefined,
    });
    return [figure('frame p50', p50s), figure('frame p95', p95s)];
  },
};

/** Scrolls down and up again, a little with each frame; gives the times from one frame to the next, in milliseconds. */
function scroll(page: Page, seconds: number): Promise<number[]> {
  return page.evaluate(async (durationMs) => {
    const deltas: number[] = [];
    const startedMs = performance.now();
    let lastMs = startedMs;
    let direction = 1;
    while (performance.now() - startedMs < durationMs) {
      const nowMs = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      deltas.push(nowMs - lastMs);
      lastMs = nowMs;
      direction = window.scrollY > 20_000 ? -1 : window.scrollY < 500 ? 1 : direction;
      window.scrollBy(0, direction * 40);
    }
    return deltas.slice(1);
  }, seconds * 1_000);
}

/** Changes projects, so many a second, from the change with this number on, until it is ended. */
function beginChanges(driver: Driver, projectIds: readonly string[], from: number) {
  const over = new AbortController();
  let number = from;
  const changing = (async () => {
    for await (const _tick of every(1_000 / CHANGES_PER_S)) {
      if (over.signal.aborted) {
        return;
      }
      const index = (number * 7_919) % (number % 2 === 0 ? SCROLLED_ROWS : projectIds.length);
      await driver.query(SET_STATUS, [projectIds[index], statusAt(number)]);
      number++;
    }
  })();
  const end = async () => {
    over.abort();
    await changing;
    return number;
  };
  return { end, [Symbol.asyncDispose]: async () => void (await end()) };
}
