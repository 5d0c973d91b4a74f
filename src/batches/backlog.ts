import type { Database } from '../database/database.ts';
import type { BatchStatus } from '../database/models.ts';
import { LEASE_MS } from './claim.ts';

/** The work that is left, of all batches. */
export interface Backlog {
  projects: {
    /** May start as soon as there is a worker for them. */
    waiting: number;
    /** Would wait, but for the pause of their batch. */
    paused: number;
    /** Have started, and nobody has them at the moment: they are due again, or will be after a pause. */
    handed_back: number;
    /** A worker has them. */
    running: number;
  };
  /** Batches of each status that have something left to start. */
  batches: Record<'QUEUED' | 'RUNNING' | 'PAUSED', number>;
  /** Worker processes that are alive. */
  workers: number;
}

const UNENDED = ['QUEUED', 'RUNNING', 'PAUSED'] as const satisfies readonly BatchStatus[];

/**
 * Reads what is left. The counters of the unended batches tell of all that wait; what runs is found
 * by an index of its own. So it takes as long with millions of projects as with a few.
 */
export async function readBacklog({ prisma }: Pick<Database, 'prisma'>): Promise<Backlog> {
  const [rows, [started]] = await Promise.all([
    prisma.$queryRaw<{ status: (typeof UNENDED)[number]; batches: number; waiting: number }[]>`
      SELECT status::text AS status, count(*)::int AS batches, sum(waiting_projects)::int AS waiting
      FROM batches WHERE status = ANY (${[...UNENDED]}::batch_status[])
      GROUP BY batches.status`,
    prisma.$queryRaw<{ held: number; free: number; workers: number }[]>`
      SELECT count(worker_id)::int AS held, (count(*) - count(worker_id))::int AS free,
        (SELECT count(*)::int FROM workers
         WHERE seen_at > clock_timestamp() - ${LEASE_MS} * interval '1 millisecond') AS workers
      FROM projects WHERE status NOT IN ('INITIALIZED', 'COMPLETED', 'FAILED', 'CANCELLED')`,
  ]);
  const of = (status: (typeof UNENDED)[number]) => rows.find((row) => row.status === status);
  const batchesOf = (status: (typeof UNENDED)[number]) => of(status)?.batches ?? 0;
  const waitingOf = (status: (typeof UNENDED)[number]) => of(status)?.waiting ?? 0;
  return {
    projects: {
      waiting: waitingOf('QUEUED') + waitingOf('RUNNING'),
      paused: waitingOf('PAUSED'),
      handed_back: started?.free ?? 0,
      running: started?.held ?? 0,
    },
    batches: { QUEUED: batchesOf('QUEUED'), RUNNING: batchesOf('RUNNING'), PAUSED: batchesOf('PAUSED') },
    workers: started?.workers ?? 0,
  };
}
