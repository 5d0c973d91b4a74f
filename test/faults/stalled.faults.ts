import { expect, test } from 'vitest';
import { countOf } from './counts.ts';
import type { DeadOutcome } from './dead-scene.ts';
import { runInOwnNetwork } from './own-network.ts';
import type { Outcome } from './stalled-scene.ts';

const STALLED = countOf('FAULT_STALLED', 1_000);
const CHANGES = countOf('FAULT_CHANGES', 300);
/** What a process has more or less of from one look to the next, whoever reads: code, caches, pools. */
const EITHER_WAY_BYTES = 32 * 1024 * 1024;

test('a thousand subscribers that stop reading cost no memory, hold nobody up, and are let go of', {
  timeout: 900_000,
}, async () => {
  const said = await runInOwnNetwork('stalled-scene.ts', String(STALLED), String(CHANGES));
  const { grownBytes, eventBytes, seen, changes, ended, exitCode }: Outcome = JSON.parse(said);
  process.stdout.write(`${JSON.stringify({ grownBytes, eventBytes, changes, ended })}\n`);

  // Each is told of the newest state once it reads again, so that no more than one event waits for it
  // in this process, at most twice: as text and as bytes. To keep all would take a hundred times that.
  expect(grownBytes.beside).toBeLessThan(Math.max(0, grownBytes.alone) + STALLED * 2 * eventBytes + EITHER_WAY_BYTES);
  for (const versions of seen) {
    expect(versions).toEqual(Array.from({ length: changes + 1 }, (_, at) => (versions[0] ?? 0) + at));
  }
  expect(ended).toBe(STALLED);
  expect(exitCode).toBe(0);
});

test('subscribers over SSE that vanish without a word are let go of, and one that is only silent is not', {
  timeout: 300_000,
}, async () => {
  const { ended, tookMs }: DeadOutcome = JSON.parse(await runInOwnNetwork('dead-scene.ts'));
  process.stdout.write(`${JSON.stringify({ ended, tookMs })}\n`);
  expect(ended).toBe(20);
});
