import type { PrismaTransaction } from '../database/database.ts';
import type { Batch } from '../database/models.ts';
import { BatchNotFound } from '../errors.ts';

/**
 * Locks a batch until the transaction ends and reads it as it then is. Every writer locks the
 * batch before its projects. Throws BatchNotFound.
 */
export async function lockBatch(tx: PrismaTransaction, batchId: string): Promise<Batch> {
  await tx.$queryRaw`SELECT 1 FROM batches WHERE id = ${batchId}::uuid FOR NO KEY UPDATE`;
  return readBatch(tx, batchId);
}

/** Reads a batch. Throws BatchNotFound. */
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
