import type { Database } from '../database/database.ts';

/** The version that a batch has reached. */
export interface BatchVersion {
  id: string;
  version: number;
}

/** The versions of these batches; those that do not exist are left out. */
export function versionsOf({ prisma }: Pick<Database, 'prisma'>, ids: readonly string[]): Promise<BatchVersion[]> {
  return prisma.batch.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, version: true },
  });
}

/**
 * The versions of the batches that have not ended, and of those that ended in the last so many
 * seconds by the clock of the database. All others are at rest, so this stays small while the
 * table grows.
 */
export function liveVersions({ prisma }: Pick<Database, 'prisma'>, endedWithinS: number): Promise<BatchVersion[]> {
  return prisma.$queryRaw<BatchVersion[]>`
    SELECT id::text, version FROM batches
    WHERE finished_at IS NULL
      OR finished_at > clock_timestamp() - make_interval(secs => ${endedWithinS}::double precision)`;
}
