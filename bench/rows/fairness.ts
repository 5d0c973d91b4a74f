import { within } from '../harness/clock.ts';
import { atLeast } from '../harness/goal.ts';
import { LAST_STAGE } from '../harness/idle-studio.ts';
import { createNamed, openOwnQueue, startIdleEngine } from '../harness/open-engine.ts';
import { openPlace } from '../harness/open-place.ts';
import { makePlace } from '../harness/place.ts';
import { BOTH, type Row } from '../harness/row.ts';
import { jain } from '../harness/statistics.ts';

const CONCURRENCY = 2;
const LIMIT_MS = 600_000;

/** Whether batches get on alike, however large they are. */
export const fairness: Row = {
  name: 'fairness',
  about: "nine batches of very unequal size: Jain's index of the projects done while all of them wait",
  backends: BOTH,
  async run(run) {
    const scale = run.quick ? 1 : 4;
    const sizes = [300, 5, 100, 20, 10, 200, 50, 500, 8].map((size) => size * scale);
    const smallest = Math.min(...sizes);
    await using place = await makePlace(run);
    await using opened = await openPlace(place);
    const { database } = opened;
    await using queue = await openOwnQueue(database);
    const names = sizes.map((size, index) => `${index}: ${size}`);
    for (const [index, name] of names.entries()) {
      await createNamed(database, queue, name, sizes[index] ?? 0);
    }
    const started = new Map<string, number>();
    const done = new Map<string, number>();
    const { promise, resolve } = Promise.withResolvers<void>();
    let allWait = true;
    await using _engine = await startIdleEngine(database, queue, CONCURRENCY, ({ name, stage }) => {
      if (stage === 'script') {
        started.set(name, (started.get(name) ?? 0) + 1);
      }
      if (stage === LAST_STAGE && allWait) {
        done.set(name, (done.get(name) ?? 0) + 1);
      }
      if ((started.get(name) ?? 0) >= smallest && name === names[sizes.indexOf(smallest)]) {
        // Of the smallest batch nothing waits any more.
        allWait = false;
        resolve();
      }
    });
    await within(LIMIT_MS, 'the smallest batch', promise);
    const shares = names.map((name) => done.get(name) ?? 0);
    run.say(`done of ${names.map((name, index) => `${name.split(': ')[1]}: ${shares[index]}`).join(', ')}`);
    return [
      {
        what: `Jain's index of 9 batches of ${smallest} to ${Math.max(...sizes).toLocaleString('en')}`,
        ours: { value: jain(shares), unit: '' },
        peer: undefined,
        goal: atLeast(0.95),
      },
    ];
  },
};
