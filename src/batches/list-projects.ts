import type { Database } from '../database/database.ts';
import type { Prisma, Project, ProjectStatus } from '../database/models.ts';
import { cutPage, type Page, type PageArgs } from './page.ts';

/** A project without its text, which is large and seldom wanted. */
export type ProjectRow = Omit<Project, 'content'>;

/** Leaves the text out of what Prisma reads. */
export const WITHOUT_CONTENT = { content: true } as const;

/** Projects of one batch in their order, of any of these statuses. Throws InvalidInput for a wrong page size. */
export function listProjects(
  { prisma }: Pick<Database, 'prisma'>,
  batchId: string,
  status: readonly ProjectStatus[] | null | undefined,
  args: PageArgs<number>,
): Promise<Page<ProjectRow>> {
  return cutPage(args, ({ after, before, backwards, skip, limit }) =>
    prisma.project.findMany({
      where: {
        ...whereOf(batchId, status),
        position: {
          ...(after === undefined ? {} : { gt: after }),
          ...(before === undefined ? {} : { lt: before }),
        },
      },
      orderBy: { position: backwards ? 'desc' : 'asc' },
      skip,
      take: limit,
      omit: WITHOUT_CONTENT,
    }),
  );
}

/** How many projects of the batch are of any of these statuses. */
export function countProjects(
  { prisma }: Pick<Database, 'prisma'>,
  batchId: string,
  status: readonly ProjectStatus[],
): Promise<number> {
  return prisma.project.count({ where: whereOf(batchId, status) });
}

function whereOf(batchId: string, status: readonly ProjectStatus[] | null | undefined): Prisma.ProjectWhereInput {
  return { batchId, ...(status == null ? {} : { status: { in: [...status] } }) };
}
