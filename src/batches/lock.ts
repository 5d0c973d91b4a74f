import type { PrismaTransaction } from '../database/database.ts';
import type { Batch } from '../database/models.ts';
import { BatchNotFound } from '../errors.ts';

/**
 * Locks a batch until the transaction ends and reads it as it then is. Every writer locks the
 * batch before its projects. Throws BatchNotFound, also where it is not of this owner (undefined:
 * of anybody): then without waiting for whoever has it locked, which would tell that it is there.
 */
export async function lockBatch(tx: PrismaTransaction, batchId: string, owner: string | undefined): Promise<Batch> {
  const locked = await tx.$queryRaw<object[]>`
    SELECT 1 FROM batches
    WHERE id = ${batchId}::uuid AND owner = COALESCE(${owner ?? null}::text, owner)
    FOR NO KEY UPDATE`;
  if (locked.length === 0) {
    throw new BatchNotFound(batchId);
  }
  return readBatch(tx, batchId);
}

/** Reads a batch, whoever owns it. Throws BatchNotFound. */
export async function readBatch(tx: PrismaTransaction, batchId: string): Promise<Batch> {
  const batch = await tx.batch.findUnique({ where: { id: batchId } });
  if (batch === null) {
    throw new BatchNotFound(batchId);
  }
  return batch;
}

/** The ids of the projects of a batch that wait, in their order. */
export async function waitingProjectIds(tx: PrismaTransaction, batchId: string): Promise<string[]> {
  const rows = await tx.project.findMany({
    where: { batchId, status: 'INITIALIZED' },
    orderBy: { position: 'asc' },
    select: { id: true },
  });
  return rows.map((row) => row.id);
}
