import { openBareQueue } from '../harness/bare-queue.ts';
import { nowMs, within } from '../harness/clock.ts';
import { atLeastTimes } from '../harness/goal.ts';
import { LAST_STAGE } from '../harness/idle-studio.ts';
import { createNamed, openOwnQueue, startIdleEngine } from '../harness/open-engine.ts';
import { type Opened, openPlace } from '../harness/open-place.ts';
import { makePlace } from '../harness/place.ts';
import { BOTH, type Row } from '../harness/row.ts';
import { interleaved, median } from '../harness/statistics.ts';

const CONCURRENCY = 10;
const LIMIT_MS = 600_000;

/** How much work goes through the engine where the work itself is nothing. */
export const engine: Row = {
  name: 'engine',
  about: 'projects per second through five stages that do nothing, beside pg-boss alone with one job each',
  backends: BOTH,
  async run(run) {
    await using place = await makePlace(run);
    await using opened = await openPlace(place);
    const size = run.quick ? 50 : 1_000;
    const { ours, peer } = await interleaved((run.quick ? 1 : 5) + 1, {
      ours: (round) => projectsPerS(opened, size, round),
      peer: () => jobsPerS(opened, size),
    });
    return [
      {
        what: `${size.toLocaleString('en')} projects, ${CONCURRENCY} at a time`,
        // The first ones warm both up.
        ours: { value: median(ours.slice(1)), unit: 'projects/s' },
        peer: { name: 'jobs/s of pg-boss alone', value: median(peer.slice(1)), unit: '' },
        goal: atLeastTimes(1 / 3),
      },
    ];
  },
};

/** From the start of the engine to the end of the last project, of a batch that waits for it. */
async function projectsPerS({ database, driver }: Opened, size: number, round: number): Promise<number> {
  await using queue = await openOwnQueue(database);
  const id = await createNamed(database, queue, `Batch ${round}`, size);
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let left = size;
  let isEnding = false;
  const check = async () => {
    const [row] = await driver.query('SELECT finished_at FROM batches WHERE id = $1', [id]);
    if (row?.['finished_at'] !== null) {
      resolve();
    }
  };
  // The last stages have begun: each change of the batch from now on may be the last.
  await using _heard = await database.listen(
    'showrunner_batches',
    () => isEnding && void check(),
    () => {},
  );
  const startedMs = nowMs();
  await using _engine = await startIdleEngine(database, queue, CONCURRENCY, ({ stage }) => {
    if (stage === LAST_STAGE && --left === 0) {
      isEnding = true;
      void check();
    }
  });
  await within(LIMIT_MS, 'a batch', ended);
  return size / ((nowMs() - startedMs) / 1_000);
}

/** From the start of the worker to the end of the last job. */
async function jobsPerS({ database }: Opened, size: number): Promise<number> {
  await using bare = await openBareQueue(database);
  await bare.sendMany(size);
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let left = size;
  const startedMs = nowMs();
  await using _worker = await bare.work(CONCURRENCY, async () => {
    if (--left === 0) {
      resolve();
    }
  });
  await within(LIMIT_MS, 'the jobs', ended);
  return size / ((nowMs() - startedMs) / 1_000);
}
