import type { Database } from '../database/database.ts';
import type { BatchEvent, Prisma } from '../database/models.ts';
import { type ProjectRow, WITHOUT_CONTENT } from './list-projects.ts';
import { cutPage, type Page, type PageArgs } from './page.ts';

/** An event's place in the history of its batch. */
export interface EventKey {
  version: number;
  ordinal: number;
}

/** An event, with the project that it is about as the project is now. */
export type EventRow = BatchEvent & { project: ProjectRow | null };

/** The history of one batch, oldest first. Throws InvalidInput for a wrong page size. */
export function listEvents(
  { prisma }: Pick<Database, 'prisma'>,
  batchId: string,
  args: PageArgs<EventKey>,
): Promise<Page<EventRow>> {
  return cutPage(args, ({ after, before, backwards, limit }) => {
    const direction = backwards ? 'desc' : 'asc';
    return prisma.batchEvent.findMany({
      where: {
        AND: [
          { batchId },
          ...(after === undefined ? [] : [beyond(after, 'gt')]),
          ...(before === undefined ? [] : [beyond(before, 'lt')]),
        ],
      },
      orderBy: [{ version: direction }, { ordinal: direction }],
      take: limit,
      include: { project: { omit: WITHOUT_CONTENT } },
    });
  });
}

function beyond({ version, ordinal }: EventKey, side: 'lt' | 'gt'): Prisma.BatchEventWhereInput {
  return { OR: [{ version: { [side]: version } }, { version, ordinal: { [side]: ordinal } }] };
}
