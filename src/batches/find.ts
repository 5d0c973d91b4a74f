import type { Database } from '../database/database.ts';
import type { Batch } from '../database/models.ts';
import { type ProjectRow, WITHOUT_CONTENT } from './list-projects.ts';
import { inBatchOf, ownedBy } from './owner.ts';

/**
 * The batches with these ids, in their order; undefined in the place of one that does not exist, or
 * not for this owner (undefined: for anybody).
 */
export async function findBatches(
  { prisma }: Pick<Database, 'prisma'>,
  ids: readonly string[],
  owner: string | undefined,
): Promise<(Batch | undefined)[]> {
  const found = await prisma.batch.findMany({ where: { id: { in: [...ids] }, ...ownedBy(owner) } });
  return inOrder(ids, found);
}

/** The projects with these ids, in their order; undefined in the place of one that does not exist, or not for this owner. */
export async function findProjects(
  { prisma }: Pick<Database, 'prisma'>,
  ids: readonly string[],
  owner: string | undefined,
): Promise<(ProjectRow | undefined)[]> {
  const found = await prisma.project.findMany({
    where: { id: { in: [...ids] }, ...inBatchOf(owner) },
    omit: WITHOUT_CONTENT,
  });
  return inOrder(ids, found);
}

/** The texts of the projects with these ids, in their order; undefined as for the projects. */
export async function findContents(
  { prisma }: Pick<Database, 'prisma'>,
  ids: readonly string[],
  owner: string | undefined,
): Promise<(string | undefined)[]> {
  const found = await prisma.project.findMany({
    where: { id: { in: [...ids] }, ...inBatchOf(owner) },
    select: { id: true, content: true },
  });
  return inOrder(ids, found).map((row) => row?.content);
}

function inOrder<Row extends { id: string }>(ids: readonly string[], rows: readonly Row[]): (Row | undefined)[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id));
}
