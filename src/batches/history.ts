import type { Database } from '../database/database.ts';
import type { Batch, ProjectStatus } from '../database/models.ts';
import { type ProjectRow, WITHOUT_CONTENT } from './list-projects.ts';
import { RUNNING } from './states.ts';

/** One status change of one project, and the version of its batch that the change made. */
export interface Change {
  version: number;
  project: ProjectRow;
  from: ProjectStatus | null;
  to: ProjectStatus;
  at: Date;
}

/** What happened to a batch since a version, and the batch as it is after that. */
export interface Since {
  batch: Batch;
  /** Oldest first; empty where `reset`. */
  changes: Change[];
  /** The projects that run. */
  running: ProjectRow[];
  /** True where the history does not reach back that far, or where the changes are too many to send. */
  reset: boolean;
}

/** More changes than this are not sent one by one. */
export const CHANGES_MAX = 10_000;

/**
 * Reads a batch, every status change after `version` up to the batch as read, and what runs;
 * undefined where the batch does not exist. A version that the batch has not reached is not of this
 * history, and a reset.
 */
export async function readSince(
  { prisma }: Pick<Database, 'prisma'>,
  batchId: string,
  version: number,
): Promise<Since | undefined> {
  const batch = await prisma.batch.findUnique({ where: { id: batchId } });
  if (batch === null) {
    return undefined;
  }
  const isForeign = version < batch.historyFrom || version > batch.version;
  const [events, running] = await Promise.all([
    // Versions are committed in their order, so all up to the batch's own can be seen by now.
    isForeign || version === batch.version
      ? []
      : prisma.batchEvent.findMany({
          where: {
            batchId,
            kind: 'PROJECT_STATUS_CHANGED',
            version: { gt: version, lte: batch.version },
          },
          orderBy: [{ version: 'asc' }, { ordinal: 'asc' }],
          take: CHANGES_MAX + 1,
          include: { project: { omit: WITHOUT_CONTENT } },
        }),
    batch.runningProjects === 0
      ? []
      : prisma.project.findMany({
          where: { batchId, status: { in: [...RUNNING] } },
          orderBy: { position: 'asc' },
          omit: WITHOUT_CONTENT,
        }),
  ]);
  const changes = events.flatMap(({ version, project, fromStatus, toStatus, at }) =>
    project === null || toStatus === null ? [] : [{ version, project, from: fromStatus, to: toStatus, at }],
  );
  const reset = isForeign || events.length > CHANGES_MAX || (await reachOf(prisma, batch, version)) > version;
  return { batch, changes: reset ? [] : changes, running, reset };
}

/** How far back the history reaches after its events were read: it may have been pruned meanwhile. */
async function reachOf(prisma: Database['prisma'], batch: Batch, version: number): Promise<number> {
  if (version === batch.version) {
    return batch.historyFrom;
  }
  const now = await prisma.batch.findUnique({
    where: { id: batch.id },
    select: { historyFrom: true },
  });
  return now?.historyFrom ?? batch.historyFrom;
}
