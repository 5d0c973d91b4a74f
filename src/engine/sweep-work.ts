import type { Database } from '../database/database.ts';
import type { Log } from '../log.ts';
import type { Studio } from '../studio/studio.ts';

/** Removes the work on all projects that are completed or gone: what a kill left behind. */
export async function sweepWork(database: Database, studio: Studio, log: Log): Promise<void> {
  const ids = await studio.listWork().catch((error: unknown) => {
    log.warn({ err: error }, 'work folders not looked at');
    return [];
  });
  await discardFinishedWork(database, studio, log, ids);
}

/**
 * Removes the work on those of these projects that are completed or gone. What the disk does not let
 * go of stays, and keeps nobody from working.
 */
export async function discardFinishedWork(
  { prisma }: Database,
  studio: Studio,
  log: Log,
  ids: readonly string[],
): Promise<void> {
  const kept = await prisma.project.findMany({
    where: { id: { in: [...ids] }, status: { not: 'COMPLETED' } },
    select: { id: true },
  });
  const keep = new Set(kept.map(({ id }) => id));
  for (const id of ids.filter((id) => !keep.has(id))) {
    try {
      await studio.discardWork(id);
      log.debug({ project: id }, 'work folder removed');
    } catch (error) {
      log.warn({ err: error, project: id }, 'work folder not removed');
    }
  }
}
