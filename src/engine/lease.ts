import type { Run } from '../batches/claim.ts';
import type { Database } from '../database/database.ts';

/** A project that this process runs at present. */
export interface ActiveRun {
  /** The claim that it runs under. */
  claim: number;
  controller: AbortController;
}

/** Why a stage is told to stop. */
export class StageAbort extends Error {
  override readonly name = 'StageAbort';
}

/** The batch has been cancelled. */
export const CANCELLED = new StageAbort('the batch has been cancelled');
/** Another worker has the project now, or its row has been changed from outside. */
export const LOST = new StageAbort('the project is no longer held by this worker');
/** This process stops; the project is handed back. */
export const STOPPING = new StageAbort('the service is stopping');

/** Makes a worker known and alive. */
export async function beginLease({ prisma }: Database, workerId: string): Promise<void> {
  await prisma.worker.create({ data: { id: workerId } });
}

/**
 * Shows that the worker is alive, and tells each of its runs that has been cancelled or lost to
 * stop. Called more than once a second: that is how soon a cancelled project is told.
 *
 * Gives the runs that the worker holds and knows nothing of: a claim whose answer was lost with the
 * connection, or a run that broke. As long as the worker lives nobody else would take them up.
 * `inHand` are the projects that it claims or runs at the moment.
 */
export async function keepLease(
  { prisma }: Database,
  workerId: string,
  active: ReadonlyMap<string, ActiveRun>,
  inHand: () => Iterable<string>,
): Promise<Run[]> {
  // Runs that are claimed while the query is under way may be missing from its answer.
  const known = [...active];
  const before = [...inHand()];
  await prisma.$executeRaw`
    INSERT INTO workers (id) VALUES (${workerId}::uuid)
    ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp()`;
  const rows = await prisma.$queryRaw<{ id: string; batchId: string; claim: number; cancelled: boolean }[]>`
    SELECT p.id::text AS id, p.batch_id::text AS "batchId", p.claim, b.cancelled_at IS NOT NULL AS cancelled
    FROM projects p JOIN batches b ON b.id = p.batch_id
    WHERE p.worker_id = ${workerId}::uuid`;
  const held = new Map(rows.map((row) => [row.id, row]));
  for (const [projectId, { claim, controller }] of known) {
    const row = held.get(projectId);
    if (row?.claim !== claim) {
      controller.abort(LOST);
    } else if (row.cancelled) {
      controller.abort(CANCELLED);
    }
  }
  const accounted = new Set([...before, ...inHand()]);
  return rows
    .filter(({ id }) => !accounted.has(id))
    .map(({ id, batchId, claim }) => ({ projectId: id, batchId, workerId, claim }));
}
