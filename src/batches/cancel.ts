import type { Database } from '../database/database.ts';
import type { Batch } from '../database/models.ts';
import { inTransaction, sqlOf } from '../database/transaction.ts';
import { InvalidState } from '../errors.ts';
import { lockBatch, readBatch } from './lock.ts';
import type { ProjectQueue } from './queue.ts';
import { RUNNING } from './states.ts';

/**
 * Cancels every project that no worker has in hand, and marks the batch, which tells the workers
 * to let go of the others. Cancelling a cancelled batch changes nothing. Only a batch of this owner
 * exists (undefined: anybody's). Throws BatchNotFound, and InvalidState for a batch that has ended
 * otherwise.
 */
export function cancelBatch(
  { prisma }: Pick<Database, 'prisma'>,
  queue: ProjectQueue,
  batchId: string,
  owner: string | undefined,
): Promise<Batch> {
  return inTransaction(prisma, async (tx) => {
    const batch = await lockBatch(tx, batchId, owner);
    if (batch.cancelledAt !== null) {
      return batch;
    }
    if (batch.finishedAt !== null) {
      throw new InvalidState(batchId, { key: 'cannotCancel', status: batch.status });
    }
    await tx.batch.update({ where: { id: batchId }, data: { cancelledAt: new Date() } });
    const idle = await tx.project.updateManyAndReturn({
      where: {
        batchId,
        OR: [{ status: 'INITIALIZED' }, { status: { in: [...RUNNING] }, workerId: null }],
      },
      data: { status: 'CANCELLED' },
      select: { id: true },
    });
    await queue.withdraw(
      sqlOf(tx),
      idle.map(({ id }) => id),
    );
    return readBatch(tx, batchId);
  });
}
