import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../src/database/database.ts';
import type { Batch } from '../../src/database/models.ts';
import type { Row } from './database.ts';

/** Resolves with the batch once it fits: woken by the database's own notifications. */
export function batchWhere(database: Database, batchId: string, fits: (batch: Batch) => boolean): Promise<Batch> {
  return whenChanged(database, async () => {
    const batch = await database.prisma.batch.findUniqueOrThrow({ where: { id: batchId } });
    return fits(batch) ? batch : undefined;
  });
}

/** Resolves with the batch once nothing of it runs or will run. */
export function batchEnded(database: Database, batchId: string): Promise<Batch> {
  return batchWhere(database, batchId, ({ finishedAt }) => finishedAt !== null);
}

/** Reads again after each change of any batch, until there is something. */
export async function whenChanged<T>(database: Database, read: () => Promise<T | undefined>): Promise<T> {
  let wake = () => {};
  await using _listener = await database.listen(
    'showrunner_batches',
    () => wake(),
    () => wake(),
  );
  for (;;) {
    const changed = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const found = await read();
    if (found !== undefined) {
      return found;
    }
    await changed;
  }
}

/**
 * Reads again and again until a row fits: for what the database tells nobody of, such as a lease or
 * a job. Gives up with the test's own timeout.
 */
export async function rowWhere(read: () => Promise<Row[]>, fits: (row: Row) => boolean): Promise<Row> {
  for (;;) {
    const found = (await read()).find(fits);
    if (found !== undefined) {
      return found;
    }
    // Lets everything else have a turn; on PGlite the database is in this process, too.
    await delay(20);
  }
}
