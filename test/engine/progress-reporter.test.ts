import { afterEach, expect, test, vi } from 'vitest';
import { startStage } from '../../src/batches/run.ts';
import { ProgressReporter } from '../../src/engine/progress-reporter.ts';
import { openDomain } from '../batches/domain.ts';
import { testLog } from '../helpers/engine.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('what is written is a fraction, seldom, and of this stage alone', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  await using domain = await openDomain();
  const { id } = await domain.create(1);
  const worker = await domain.worker();
  const run = await worker.hold((await domain.ids(id))[0] ?? '');
  const progress = async () => (await domain.batch(id)).progressSum;
  vi.advanceTimersByTime(1_000);

  const script = new ProgressReporter(domain.database, run, testLog);
  script.report(0.5);
  // Too soon after the last one, and not finished, either.
  script.report(0.9);
  await script.end();
  expect(await progress()).toBe(15);

  await worker.goThrough(run, 1);
  await startStage(domain.database, run, 'assets');
  vi.advanceTimersByTime(1_000);
  script.report(0.9);
  await script.end();
  expect(await progress()).toBe(40);

  for (const [odd, expected] of [
    [Number.NaN, 40],
    [-1, 40],
    [0.5, 50],
    [Number.POSITIVE_INFINITY, 60],
    [2, 60],
  ] as const) {
    const assets = new ProgressReporter(domain.database, run, testLog);
    assets.report(odd);
    await assets.end();
    expect(await progress()).toBe(expected);
  }
});
