import type { Database, PrismaTransaction } from '../database/database.ts';
import type { Batch } from '../database/models.ts';
import { inTransaction, sqlOf } from '../database/transaction.ts';
import { InvalidState, ProjectNotFound } from '../errors.ts';
import { lockBatch, readBatch, waitingProjectIds } from './lock.ts';
import type { ProjectQueue } from './queue.ts';
import { OPEN, RETRYABLE } from './states.ts';

/** What retryBatch did. */
export interface RetriedBatch {
  batch: Batch;
  /** How many projects went back to work. */
  retriedProjects: number;
}

/**
 * Sends failed and cancelled projects back to wait, each to go on after the last stage that it
 * finished; all of them, or those with the given ids. Opens a batch that had ended. Only a batch of
 * this owner exists (undefined: anybody's). Throws BatchNotFound, ProjectNotFound for an id that is
 * not in the batch, and InvalidState for a project that has neither failed nor been cancelled; then
 * nothing is changed.
 */
export function retryBatch(
  { prisma }: Pick<Database, 'prisma'>,
  queue: ProjectQueue,
  batchId: string,
  owner: string | undefined,
  projectIds?: readonly string[],
): Promise<RetriedBatch> {
  return inTransaction(prisma, async (tx) => {
    const before = await lockBatch(tx, batchId, owner);
    if (projectIds !== undefined) {
      await checkProjects(tx, batchId, projectIds);
    }
    const chosen = {
      batchId,
      status: { in: [...RETRYABLE] },
      ...(projectIds === undefined ? {} : { id: { in: [...projectIds] } }),
    };
    if ((await tx.project.count({ where: chosen })) === 0) {
      return { batch: before, retriedProjects: 0 };
    }
    // The projects before the mark: with the mark first, a cancelled batch would for a moment be one
    // that has crossed its failure limit, or has ended, and its history would say so.
    const { count } = await tx.project.updateMany({
      where: chosen,
      data: {
        status: 'INITIALIZED',
        attempt: { increment: 1 },
        stageTries: 0,
        stageLosses: 0,
        errorMessage: null,
      },
    });
    await markRetried(tx, before);
    const batch = await readBatch(tx, batchId);
    if (OPEN.includes(batch.status)) {
      await queue.enqueue(sqlOf(tx), await waitingProjectIds(tx, batchId));
    }
    return { batch, retriedProjects: count };
  });
}

/**
 * A pause holds while the batch is open; one that was left over when it ended does not. It is taken
 * off in a statement of its own, so that the history says RESUMED before it says RETRIED.
 */
async function markRetried(tx: PrismaTransaction, { id, finishedAt, pausedAt }: Batch): Promise<void> {
  if (finishedAt !== null && pausedAt !== null) {
    await tx.batch.update({ where: { id }, data: { pausedAt: null } });
  }
  await tx.$executeRaw`
    UPDATE batches SET
      retried_at = GREATEST(clock_timestamp(), retried_at + interval '1 millisecond'),
      cancelled_at = NULL
    WHERE id = ${id}::uuid`;
}

async function checkProjects(tx: PrismaTransaction, batchId: string, projectIds: readonly string[]): Promise<void> {
  const found = await tx.project.findMany({
    where: { batchId, id: { in: [...projectIds] } },
    select: { id: true, name: true, status: true },
  });
  const byId = new Map(found.map((project) => [project.id, project]));
  for (const id of projectIds) {
    const project = byId.get(id);
    if (project === undefined) {
      throw new ProjectNotFound(id);
    }
    if (!RETRYABLE.includes(project.status)) {
      const { name, status } = project;
      throw new InvalidState(batchId, { key: 'cannotRetryProject', name, status });
    }
  }
}
