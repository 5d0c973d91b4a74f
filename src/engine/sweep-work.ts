import type { Database } from '../database/database.ts';
import type { Log } from '../log.ts';
import type { Studio } from '../studio/studio.ts';

/**
 * Removes the work folders of projects that are completed or gone: what a kill left behind. What
 * the disk does not let go of stays, and keeps nobody from working.
 */
export async function discardFinishedWork({ prisma }: Database, studio: Studio, log: Log): Promise<void> {
  const ids = await studio.listWork().catch((error: unknown) => {
    log.warn({ err: error }, 'work folders not looked at');
    return [];
  });
  const kept = await prisma.project.findMany({
    where: { id: { in: ids }, status: { not: 'COMPLETED' } },
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
