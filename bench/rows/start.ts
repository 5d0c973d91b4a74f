import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { nowMs, within } from '../harness/clock.ts';
import { environmentOf, makePlace, type Place } from '../harness/place.ts';
import { BOTH, type Row, type Run } from '../harness/row.ts';
import { interleaved, median } from '../harness/statistics.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const LIMIT_MS = 120_000;
const READY = 'Showrunner is ready';

/** How soon the command serves. */
export const start: Row = {
  name: 'start',
  about: 'from the command to ready, with an empty database and with one that is there, beside node -e 0',
  backends: BOTH,
  async run(run) {
    await using warm = await makePlace(run);
    await readyMs(warm);
    const times = await interleaved((run.quick ? 1 : 7) + 1, {
      cold: () => coldMs(run),
      warm: () => readyMs(warm),
      node: () => nodeMs(),
    });
    // The first ones warm the file cache of the machine.
    const [cold, warmMs, node] = [times.cold, times.warm, times.node].map((list) => median(list.slice(1)));
    return [
      { what: 'empty database', value: cold },
      { what: 'database that is there', value: warmMs },
    ].map(({ what, value }) => ({
      what,
      ours: { value: value ?? Number.NaN, unit: 'ms' },
      peer: { name: 'node -e 0', value: node ?? Number.NaN, unit: 'ms' },
      goal: undefined,
    }));
  },
};

async function coldMs(run: Run): Promise<number> {
  await using place = await makePlace(run);
  // Awaited here, as the place is removed when this returns.
  return await readyMs(place);
}

/** From the start of the process to its word that it is ready; then it is stopped. */
async function readyMs(place: Place): Promise<number> {
  const startedMs = nowMs();
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...environmentOf(place), ROLE: 'all' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let said = '';
  const { promise: ready, resolve: become, reject } = Promise.withResolvers<number>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.includes(READY)) {
      become(nowMs());
    }
  });
  void ended.then(([code]) => reject(new Error(`the service ended with ${code} before it was ready`)));
  try {
    return (await within(LIMIT_MS, 'the start', ready)) - startedMs;
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

async function nodeMs(): Promise<number> {
  const startedMs = nowMs();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return nowMs() - startedMs;
}
