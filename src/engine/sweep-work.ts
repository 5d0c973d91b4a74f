import type { Database } from '../database/database.ts';
import type { Log } from '../log.ts';
import type { Studio } from '../studio/studio.ts';

/** Removes the work folders of projects that are completed or gone: what a kill left behind. */
export async function discardFinishedWork({ prisma }: Database, studio: Studio, log: Log): Promise<void> {
  const ids = await studio.listWork();
  const kept = await prisma.project.findMany({
    where: { id: { in: ids }, status: { not: 'COMPLETED' } },
    select: { id: true },
  });
  const keep = new Set(kept.map(({ id }) => id));
  for (const id of ids.filter((id) => !keep.has(id))) {
    await studio.discardWork(id);
    log.debug({ project: id }, 'work folder removed');
  }
}
