import { STAGES } from '../../src/studio/stage.ts';
import { type BareQueue, openBareQueue } from '../harness/bare-queue.ts';
import { nowMs, within } from '../harness/clock.ts';
import { atMost, atMostTimes } from '../harness/goal.ts';
import { createNamed, openOwnQueue, startIdleEngine } from '../harness/open-engine.ts';
import { openPlace } from '../harness/open-place.ts';
import { makePlace } from '../harness/place.ts';
import { BOTH, type Row } from '../harness/row.ts';
import { quantile } from '../harness/statistics.ts';

/** When each stage of one project began, and what led to it was begun. Stages take no time, so an end is a start. */
type Steps = readonly number[];

const CONCURRENCY = 2;
const WARM_UP = 5;
const LIMIT_MS = 60_000;

/** How soon work begins that can begin. */
export const dispatch: Row = {
  name: 'dispatch',
  about: 'createBatch to the start of the first stage, and stage to stage, beside pg-boss alone that fetches on notify',
  backends: BOTH,
  async run(run) {
    await using place = await makePlace(run);
    await using opened = await openPlace(place);
    const { database } = opened;
    await using queue = await openOwnQueue(database);
    await using bare = await openBareQueue(database);
    let began = (_startedMs: number) => {};
    await using _engine = await startIdleEngine(database, queue, CONCURRENCY, ({ startedMs }) => began(startedMs));
    await using _worker = await bare.work<{ step: number }>(CONCURRENCY, async ({ step }) => {
      began(nowMs());
      if (step + 1 < STAGES.length) {
        await bare.send({ step: step + 1 });
      }
    });
    const follow = async (begin: () => Promise<unknown>): Promise<Steps> => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const steps = [nowMs()];
      began = (startedMs) => {
        if (steps.push(startedMs) > STAGES.length) {
          resolve();
        }
      };
      await begin();
      await within(LIMIT_MS, 'a project', promise);
      return steps;
    };
    const ours: Steps[] = [];
    const peer: Steps[] = [];
    for (let round = 0; round < (run.quick ? 15 : 150) + WARM_UP; round++) {
      ours.push(await follow(() => createNamed(database, queue, `Batch ${round}`, 1)));
      peer.push(await follow(() => sendFirst(bare)));
    }
    return figuresOf(ours.slice(WARM_UP), peer.slice(WARM_UP));
  },
};

function sendFirst(bare: BareQueue): Promise<void> {
  return bare.send({ step: 0 });
}

function figuresOf(ours: readonly Steps[], peer: readonly Steps[]) {
  const figure = (what: string, delaysOf: (steps: Steps) => number[], share: number) => ({
    what: `${what}, p${share * 100}`,
    ours: { value: quantile(ours.flatMap(delaysOf), share), unit: 'ms' },
    peer: { name: 'pg-boss alone', value: quantile(peer.flatMap(delaysOf), share), unit: 'ms' },
    goal: share === 0.5 ? atMostTimes(2) : atMost(100),
  });
  const gaps = (steps: Steps) => steps.slice(1).map((ms, index) => ms - (steps[index] ?? ms));
  const first = (steps: Steps) => gaps(steps).slice(0, 1);
  const later = (steps: Steps) => gaps(steps).slice(1);
  return [
    figure('createBatch to first stage', first, 0.5),
    figure('createBatch to first stage', first, 0.95),
    figure('stage to next stage', later, 0.5),
    figure('stage to next stage', later, 0.95),
  ];
}
