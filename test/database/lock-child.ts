// A process that takes lock files when it is told to. It answers each message with one of its own.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { DatabaseLockedError } from '../../src/database/errors.ts';
import { takeLock } from '../../src/database/lock-file.ts';
import { livenessOf, thisProcess } from '../../src/database/process-identity.ts';

/** What the child is told: take this lock, let go of it, or take it and let go of it for ever. */
export type Order = { kind: 'take'; path: string } | { kind: 'release' } | { kind: 'churn'; path: string };

/** What it answers. `overlap`: two processes had the lock at once. */
export interface Answer {
  kind: 'ready' | 'taken' | 'locked' | 'released' | 'overlap';
  message?: string;
}

/** How often a child tries at once, so that its tries meet those of the others. */
const TRIES = 5;

let held: AsyncDisposable[] = [];

function answer(message: Answer): void {
  process.send?.(message);
}

async function take(path: string): Promise<void> {
  const tries = await Promise.allSettled(Array.from({ length: TRIES }, () => takeLock(path)));
  held = tries.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const kind = (['locked', 'taken'] as const)[held.length] ?? 'overlap';
  const refusals = tries.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  const surprise = refusals.find((reason) => !(reason instanceof DatabaseLockedError));
  answer({ kind: surprise === undefined ? kind : 'overlap', message: String(surprise) });
}

async function release(): Promise<void> {
  await Promise.all(held.map((lock) => lock[Symbol.asyncDispose]()));
  answer({ kind: 'released' });
}

/** Whoever has the lock puts its name into a file that must not be there yet, but for a dead one's. */
async function churn(path: string): Promise<void> {
  const inside = `${path}-inside`;
  for (;;) {
    try {
      await using _lock = await takeLock(path);
      const found = await readFile(inside, 'utf8').catch(() => '');
      const isOverlap = found !== '' && livenessOf(JSON.parse(found)) !== 'dead';
      await rm(inside, { force: true });
      await writeFile(inside, JSON.stringify(thisProcess()), { flag: 'wx' });
      answer({ kind: isOverlap ? 'overlap' : 'taken' });
      await rm(inside);
    } catch (error) {
      if (!(error instanceof DatabaseLockedError)) {
        answer({ kind: 'overlap', message: String(error) });
      }
    }
  }
}

process.on('message', async (order: Order) => {
  if (order.kind === 'take') {
    await take(order.path);
  } else if (order.kind === 'release') {
    await release();
  } else {
    await churn(order.path);
  }
});
process.on('disconnect', () => process.exit());
answer({ kind: 'ready' });
