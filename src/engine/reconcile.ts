import { IS_ABANDONED_SQL } from '../batches/claim.ts';
import { RUNNING } from '../batches/states.ts';
import type { Database } from '../database/database.ts';
import { Prisma } from '../database/models.ts';
import { retried } from '../database/transaction.ts';
import type { JobQueue } from './queue.ts';
import { MAX_BACKOFF_MS } from './try-stage.ts';

/** At most so many jobs are made at a time; the next round makes more. */
const CHUNK = 1_000;

/** Makes jobs for projects that had started and that nobody runs: their worker has died. */
export async function enqueueAbandoned(database: Database, queue: JobQueue): Promise<void> {
  const rows = await database.prisma.$queryRaw<{ id: string }[]>`
    SELECT p.id::text AS id FROM projects p
    WHERE p.status NOT IN ('INITIALIZED', 'COMPLETED', 'FAILED', 'CANCELLED')
      AND p.status = ANY (${RUNNING}::project_status[])
      AND ${Prisma.raw(IS_ABANDONED_SQL)}
      AND NOT EXISTS (SELECT 1 FROM pgboss.job j WHERE j.name = 'projects' AND j.id = p.id)
    LIMIT ${CHUNK}`;
  for (const { id } of rows) {
    await retried(() => database.transaction((tx) => queue.enqueueStarted(tx, id, 0)));
  }
}

/**
 * Makes the jobs that waiting projects should have and have not: after a writer that does not know
 * of the queue has inserted, resumed or cancelled something. Batch by batch, and some of each, so
 * that they take turns here as everywhere.
 */
export async function enqueueWaiting(database: Database, queue: JobQueue): Promise<void> {
  const rows = await database.prisma.$queryRaw<{ id: string; batchId: string }[]>`
    SELECT p.id::text AS id, p.batch_id::text AS "batchId" FROM batches b JOIN projects p ON p.batch_id = b.id
    WHERE b.status IN ('QUEUED', 'RUNNING', 'CANCELLED') AND b.waiting_projects > 0
      AND p.status = 'INITIALIZED'
      AND NOT EXISTS (SELECT 1 FROM pgboss.job j WHERE j.name = 'projects' AND j.id = p.id)
    ORDER BY row_number() OVER (PARTITION BY p.batch_id ORDER BY p.position), p.batch_id
    LIMIT ${CHUNK}`;
  const byBatch = Map.groupBy(rows, ({ batchId }) => batchId);
  if (rows.length > 0) {
    await retried(() =>
      database.transaction(async (tx) => {
        for (const ofBatch of byBatch.values()) {
          await queue.enqueue(
            tx,
            ofBatch.map(({ id }) => id),
          );
        }
      }),
    );
  }
}

/**
 * Makes due what is to wait for longer than anything ever does: the database's clock was set back
 * after it was queued or put off. On the embedded database that is this machine's clock.
 */
export async function hastenMisdated({ prisma }: Database): Promise<void> {
  await prisma.$executeRaw`
    UPDATE projects SET due_at = NULL
    WHERE status NOT IN ('INITIALIZED', 'COMPLETED', 'FAILED', 'CANCELLED')
      AND due_at > clock_timestamp() + ${2 * MAX_BACKOFF_MS} * interval '1 millisecond'`;
  await prisma.$executeRaw`
    UPDATE pgboss.job SET start_after = clock_timestamp()
    WHERE name = 'projects' AND state < 'active'
      AND start_after > clock_timestamp() + ${2 * MAX_BACKOFF_MS} * interval '1 millisecond'`;
}

/** Forgets workers that have been dead for long; what they held is free by then. */
export async function removeDeadWorkers({ prisma }: Database): Promise<void> {
  await prisma.$executeRaw`
    DELETE FROM workers w
    WHERE w.seen_at < clock_timestamp() - interval '1 hour'
      AND NOT EXISTS (SELECT 1 FROM projects p WHERE p.worker_id = w.id)`;
}
