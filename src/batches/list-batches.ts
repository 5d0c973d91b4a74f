import type { Database } from '../database/database.ts';
import type { Batch, BatchStatus, Prisma } from '../database/models.ts';
import { ownedBy } from './owner.ts';
import { cutPage, type Page, type PageArgs } from './page.ts';

/** A batch's place in the list. */
export interface BatchKey {
  createdAt: Date;
  id: string;
}

/** Which batches: of this owner, of any of these statuses, with this text somewhere in their name, in any case. */
export interface BatchFilter {
  /** Undefined for everybody's. */
  owner: string | undefined;
  status?: readonly BatchStatus[] | null | undefined;
  search?: string | null | undefined;
}

/** Batches, newest first. Throws InvalidInput for a wrong page size. */
export function listBatches(
  { prisma }: Pick<Database, 'prisma'>,
  filter: BatchFilter,
  args: PageArgs<BatchKey>,
): Promise<Page<Batch>> {
  return cutPage(args, ({ after, before, backwards, limit }) => {
    const direction = backwards ? 'asc' : 'desc';
    return prisma.batch.findMany({
      where: {
        AND: [
          whereOf(filter),
          ...(after === undefined ? [] : [beyond(after, 'lt')]),
          ...(before === undefined ? [] : [beyond(before, 'gt')]),
        ],
      },
      orderBy: [{ createdAt: direction }, { id: direction }],
      take: limit,
    });
  });
}

/** How many batches there are. */
export function countBatches({ prisma }: Pick<Database, 'prisma'>, filter: BatchFilter): Promise<number> {
  return prisma.batch.count({ where: whereOf(filter) });
}

function whereOf({ owner, status, search }: BatchFilter): Prisma.BatchWhereInput {
  return {
    ...ownedBy(owner),
    ...(status == null ? {} : { status: { in: [...status] } }),
    ...(search == null || search === '' ? {} : { name: { contains: literally(search), mode: 'insensitive' } }),
  };
}

function beyond({ createdAt, id }: BatchKey, side: 'lt' | 'gt'): Prisma.BatchWhereInput {
  return { OR: [{ createdAt: { [side]: createdAt } }, { createdAt, id: { [side]: id } }] };
}

/** Prisma hands the text to LIKE, where these characters stand for others. */
function literally(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
