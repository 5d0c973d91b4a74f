import type { Database } from '../database/database.ts';
import { inTransaction } from '../database/transaction.ts';

/**
 * Deletes the events that are older than so many days, whole versions at a time, and has each batch
 * remember how far its history reaches back. Gives the number of events that were deleted.
 */
export function pruneEvents({ prisma }: Pick<Database, 'prisma'>, days: number): Promise<number> {
  return inTransaction(prisma, async (tx) => {
    const old = await tx.$queryRaw<{ id: string; version: number }[]>`
      SELECT batch_id::text AS id, max(version) AS version FROM batch_events
      WHERE at < clock_timestamp() - ${days} * interval '1 day'
      GROUP BY batch_id ORDER BY batch_id`;
    const ids = old.map(({ id }) => id);
    const versions = old.map(({ version }) => version);
    // Locked in the order of their ids, as everywhere; the mark before the rows that it stands for.
    await tx.$queryRaw`SELECT 1 FROM lock_batches(${ids}::uuid[])`;
    await tx.$executeRaw`
      UPDATE batches b SET history_from = GREATEST(b.history_from, o.version)
      FROM unnest(${ids}::uuid[], ${versions}::int[]) AS o (id, version)
      WHERE b.id = o.id`;
    return tx.$executeRaw`
      DELETE FROM batch_events e
      USING unnest(${ids}::uuid[], ${versions}::int[]) AS o (id, version)
      WHERE e.batch_id = o.id AND e.version <= o.version`;
  });
}
