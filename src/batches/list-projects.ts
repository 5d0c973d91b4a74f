import type { ProjectStatus } from '../database/models.ts';
import { cutPage, type Page, type PageArgs, type PageRange } from './page.ts';
import { type Condition, countRows, type Reads, readRowsOfEach } from './read-rows.ts';
import { type JsonRow, type ProjectRow, projectOf, selectProject } from './rows.ts';

type Statuses = readonly ProjectStatus[] | null | undefined;

/** A part of the list of a batch's projects of any of these statuses; its keys are positions. */
export interface ProjectRange extends PageRange<number> {
  readonly batchId: string;
  readonly status: Statuses;
}

const COLUMNS = selectProject('projects');

/** Projects of one batch in their order, of any of these statuses. Throws InvalidInput for a wrong page size. */
export function listProjects(
  read: (range: ProjectRange) => Promise<ProjectRow[]>,
  batchId: string,
  status: Statuses,
  args: PageArgs<number>,
): Promise<Page<ProjectRow>> {
  return cutPage(args, (range) => read({ batchId, status, ...range }));
}

/** Reads the same part of the list of each of these batches, in their order, in one statement. */
export async function readProjects(
  reads: Reads,
  batchIds: readonly string[],
  { status, after, before, backwards, skip, limit }: Omit<ProjectRange, 'batchId'>,
): Promise<ProjectRow[][]> {
  const direction = backwards ? 'DESC' : 'ASC';
  const found = await readRowsOfEach<JsonRow<ProjectRow>>(reads, batchIds, {
    name: `list_projects ${direction}`,
    table: 'projects',
    columns: COLUMNS,
    where: [
      ['batch', 'batch_id = asked.id'],
      ofStatus(status),
      ['>', 'position > ?::int', after],
      ['<', 'position < ?::int', before],
    ],
    orderBy: `position ${direction}`,
    skip,
    limit,
  });
  return found.map((rows) => rows.map(projectOf));
}

/** How many projects of the batch are of any of these statuses. */
export function countProjects(reads: Reads, batchId: string, status: readonly ProjectStatus[]): Promise<number> {
  return countRows(reads, {
    name: 'count_projects',
    table: 'projects',
    where: [['batch', 'batch_id = ?::uuid', batchId], ofStatus(status)],
  });
}

function ofStatus(status: Statuses): Condition {
  return ['status', 'status = ANY (?::project_status[])', status ?? undefined];
}
