import type { Database } from '../database/database.ts';
import type { Batch } from '../database/models.ts';
import { inTransaction, sqlOf } from '../database/transaction.ts';
import { InvalidState } from '../errors.ts';
import { lockBatch, readBatch, waitingProjectIds } from './lock.ts';
import type { ProjectQueue } from './queue.ts';
import { CLOSED } from './states.ts';

/**
 * Once this has returned, no project of the batch starts; what runs is left to end. Pausing a
 * paused batch changes nothing. Only a batch of this owner exists (undefined: anybody's). Throws
 * BatchNotFound, and InvalidState for a closed batch.
 */
export function pauseBatch(
  { prisma }: Pick<Database, 'prisma'>,
  queue: ProjectQueue,
  batchId: string,
  owner: string | undefined,
): Promise<Batch> {
  return inTransaction(prisma, async (tx) => {
    const batch = await lockBatch(tx, batchId, owner);
    if (CLOSED.includes(batch.status)) {
      throw new InvalidState(batchId, { key: 'cannotPause', status: batch.status });
    }
    if (batch.pausedAt !== null) {
      return batch;
    }
    await tx.batch.update({ where: { id: batchId }, data: { pausedAt: new Date() } });
    await queue.withdraw(sqlOf(tx), await waitingProjectIds(tx, batchId));
    return readBatch(tx, batchId);
  });
}
