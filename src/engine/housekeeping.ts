import { pruneEvents } from '../batches/prune.ts';
import type { Database } from '../database/database.ts';
import type { Log } from '../log.ts';
import type { Studio } from '../studio/studio.ts';
import { every } from './every.ts';
import type { JobQueue } from './queue.ts';
import { enqueueAbandoned, enqueueWaiting, hastenMisdated, removeDeadWorkers } from './reconcile.ts';
import { sweepWork } from './sweep-work.ts';

/** What is kept in order, and for how long. */
export interface HousekeepingOptions {
  database: Database;
  queue: JobQueue;
  studio: Studio;
  log: Log;
  /** Events older than so many days are deleted. */
  eventRetentionDays: number;
}

const ABANDONED_MS = 1_000;
const WAITING_MS = 10_000;
const PRUNE_MS = 60 * 60 * 1_000;
/** Workers that died for good leave their folders to those that live on. */
const SWEEP_MS = 10 * 60 * 1_000;

/** What every worker does for all of them now and then. Disposing of it waits for what is under way. */
export function startHousekeeping(options: HousekeepingOptions): AsyncDisposable {
  const { database, queue, studio, log, eventRetentionDays } = options;
  const tasks = new AsyncDisposableStack();
  tasks.use(
    every(ABANDONED_MS, log, async () => {
      await enqueueAbandoned(database, queue);
      await removeDeadWorkers(database);
    }),
  );
  tasks.use(
    every(WAITING_MS, log, async () => {
      await enqueueWaiting(database, queue);
      await hastenMisdated(database);
    }),
  );
  tasks.use(
    every(PRUNE_MS, log, async () => {
      const events = await pruneEvents(database, eventRetentionDays);
      log.debug({ events }, 'history pruned');
    }),
  );
  tasks.use(every(SWEEP_MS, log, () => sweepWork(database, studio, log)));
  return tasks;
}
