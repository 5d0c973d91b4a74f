import type { Database } from '../database/database.ts';
import type { BatchEvent, BatchEventKind, Prisma } from '../database/models.ts';
import { cutPage, type Page, type PageArgs } from './page.ts';
import type { ProjectRow } from './rows.ts';

/** An event's place in the history of its batch. */
export interface EventKey {
  version: number;
  ordinal: number;
}

/** An event, with the project that it is about as the project is now. */
export type EventRow = BatchEvent & { project: ProjectRow | null };

/** The history of one batch, oldest first, of any of these kinds. Throws InvalidInput for a wrong page size. */
export function listEvents(
  database: Pick<Database, 'prisma'>,
  batchId: string,
  kind: readonly BatchEventKind[] | null | undefined,
  args: PageArgs<EventKey>,
): Promise<Page<EventRow>> {
  return list(database, { batchId, ...whereOf(kind) }, args);
}

/** The history of one project, oldest first. Throws InvalidInput for a wrong page size. */
export function listProjectEvents(
  database: Pick<Database, 'prisma'>,
  projectId: string,
  args: PageArgs<EventKey>,
): Promise<Page<EventRow>> {
  return list(database, { projectId }, args);
}

function list(
  { prisma }: Pick<Database, 'prisma'>,
  where: Prisma.BatchEventWhereInput,
  args: PageArgs<EventKey>,
): Promise<Page<EventRow>> {
  return cutPage(args, ({ after, before, backwards, limit }) => {
    const direction = backwards ? 'desc' : 'asc';
    return prisma.batchEvent.findMany({
      where: {
        AND: [
          where,
          ...(after === undefined ? [] : [beyond(after, 'gt')]),
          ...(before === undefined ? [] : [beyond(before, 'lt')]),
        ],
      },
      orderBy: [{ version: direction }, { ordinal: direction }],
      take: limit,
      include: { project: { omit: { content: true } } },
    });
  });
}

/** All but one kind are about no project, and have an index of their own that is found by that. */
function whereOf(kind: readonly BatchEventKind[] | null | undefined): Prisma.BatchEventWhereInput {
  if (kind == null) {
    return {};
  }
  return { kind: { in: [...kind] }, ...(kind.includes('PROJECT_STATUS_CHANGED') ? {} : { projectId: null }) };
}

function beyond({ version, ordinal }: EventKey, side: 'lt' | 'gt'): Prisma.BatchEventWhereInput {
  return { OR: [{ version: { [side]: version } }, { version, ordinal: { [side]: ordinal } }] };
}
