import type { Database } from '../database/database.ts';
import type { Condition } from './read-rows.ts';

/** In the place of an owner: everybody's batches exist, as for an admin and for the service itself. */
export const EVERYBODYS = undefined;

/** The batches that exist where only those of one owner do. */
export function ownedBy(owner: string | undefined): Condition {
  return ['owner', 'owner = ?::text', owner];
}

/** The projects that exist where only those in batches of one owner do. */
export function inBatchOf(owner: string | undefined): Condition {
  return ['owner', 'EXISTS (SELECT 1 FROM batches WHERE id = projects.batch_id AND owner = ?::text)', owner];
}

/** The owners of batches, in their order; undefined in the place of one that does not exist. */
export async function findOwners(
  { prisma }: Pick<Database, 'prisma'>,
  batchIds: readonly string[],
): Promise<(string | undefined)[]> {
  const found = await prisma.batch.findMany({
    where: { id: { in: [...new Set(batchIds)] } },
    select: { id: true, owner: true },
  });
  const byId = new Map(found.map(({ id, owner }) => [id, owner]));
  return batchIds.map((id) => byId.get(id));
}

/** The owner of the batch that a project is in; undefined where there is no such project. */
export async function findProjectOwner(
  { prisma }: Pick<Database, 'prisma'>,
  projectId: string,
): Promise<string | undefined> {
  const found = await prisma.project.findUnique({
    where: { id: projectId },
    select: { batch: { select: { owner: true } } },
  });
  return found?.batch.owner;
}
