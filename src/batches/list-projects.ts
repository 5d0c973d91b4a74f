import type { Database } from '../database/database.ts';
import type { ProjectStatus } from '../database/models.ts';
import { cutPage, type Page, type PageArgs } from './page.ts';
import { type Condition, countRows, readRows } from './read-rows.ts';
import { type JsonRow, type ProjectRow, projectOf, selectProject } from './rows.ts';

const COLUMNS = selectProject('projects');

/** Projects of one batch in their order, of any of these statuses. Throws InvalidInput for a wrong page size. */
export function listProjects(
  database: Pick<Database, 'query'>,
  batchId: string,
  status: readonly ProjectStatus[] | null | undefined,
  args: PageArgs<number>,
): Promise<Page<ProjectRow>> {
  return cutPage(args, async ({ after, before, backwards, skip, limit }) => {
    const direction = backwards ? 'DESC' : 'ASC';
    const rows = await readRows<JsonRow<ProjectRow>>(database, {
      name: `list_projects ${direction}`,
      table: 'projects',
      columns: COLUMNS,
      where: [...whereOf(batchId, status), ['>', 'position > ?::int', after], ['<', 'position < ?::int', before]],
      orderBy: `position ${direction}`,
      skip,
      limit,
    });
    return rows.map(projectOf);
  });
}

/** How many projects of the batch are of any of these statuses. */
export function countProjects(
  database: Pick<Database, 'query'>,
  batchId: string,
  status: readonly ProjectStatus[],
): Promise<number> {
  return countRows(database, { name: 'count_projects', table: 'projects', where: whereOf(batchId, status) });
}

function whereOf(batchId: string, status: readonly ProjectStatus[] | null | undefined): Condition[] {
  return [
    ['batch', 'batch_id = ?::uuid', batchId],
    ['status', 'status = ANY (?::project_status[])', status ?? undefined],
  ];
}
