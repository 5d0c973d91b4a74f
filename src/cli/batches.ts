import type {
  BatchDetailsQuery,
  BatchesQuery,
  BatchesQueryVariables,
  BatchProjectsQuery,
  BatchProjectsQueryVariables,
  BatchStatus,
  BatchSummaryFragment,
  ProjectStatus,
  WatchedProjectFragment,
} from '../generated/cli-gql/graphql.ts';
import { request, type Service } from './client.ts';
import { BatchDetails, Batches, BatchProjects, OneBatch } from './documents.ts';
import { RequestError } from './failures.ts';

/** Started and not ended. */
export const RUNNING: readonly ProjectStatus[] = [
  'SCRIPT_GENERATING',
  'SCRIPT_GENERATED',
  'ASSETS_GENERATING',
  'ASSETS_GENERATED',
  'RENDERING',
  'RENDERED',
  'THUMBNAIL_GENERATING',
  'THUMBNAIL_GENERATED',
  'UPLOADING',
];

/** The most rows that the API gives in one page. */
export const PAGE_SIZE = 100;

/** Which batches to list. */
export interface BatchFilter {
  status?: BatchStatus[] | undefined;
  search?: string | undefined;
}

/** The newest batches, at most so many, and how many there are. Throws RequestError or ConnectionError. */
export async function listBatches(
  service: Service,
  { status, search }: BatchFilter,
  limit: number,
): Promise<{ batches: BatchSummaryFragment[]; totalCount: number }> {
  const found: BatchSummaryFragment[] = [];
  let totalCount = 0;
  let after: string | null = null;
  do {
    const first = Math.min(PAGE_SIZE, limit - found.length);
    const variables = { first, after, status: status ?? null, search: search ?? null };
    const { nodes, pageInfo, ...page } = await pageOf(service, variables);
    found.push(...nodes.filter((batch) => batch !== null));
    totalCount = page.totalCount;
    after = pageInfo.hasNextPage && found.length < limit ? (pageInfo.endCursor ?? null) : null;
  } while (after !== null);
  return { batches: found, totalCount };
}

async function pageOf(service: Service, variables: BatchesQueryVariables): Promise<BatchesQuery['batches']> {
  return (await request(service, Batches, variables)).batches;
}

/** A batch as it is now. Throws RequestError where there is none, or ConnectionError. */
export async function findBatch(service: Service, batchId: string): Promise<BatchSummaryFragment> {
  return found((await request(service, OneBatch, { batchId })).batch);
}

/** A batch with its settings. */
export type DetailedBatch = NonNullable<BatchDetailsQuery['batch']>;

/** A batch with everything that is said of it. Throws RequestError where there is none, or ConnectionError. */
export async function findDetails(service: Service, batchId: string): Promise<DetailedBatch> {
  return found((await request(service, BatchDetails, { batchId })).batch);
}

/**
 * The projects of a batch in their order, as they are now: all, or those of some statuses, or the
 * first so many of them. Throws RequestError or ConnectionError.
 */
export async function listProjects(
  service: Service,
  batchId: string,
  { status, limit = Number.POSITIVE_INFINITY }: { status?: readonly ProjectStatus[]; limit?: number } = {},
): Promise<WatchedProjectFragment[]> {
  const projects: WatchedProjectFragment[] = [];
  let after: string | null = null;
  do {
    const variables = { batchId, after, status: status === undefined ? null : [...status] };
    const { nodes, pageInfo } = await projectsPage(service, variables);
    projects.push(...nodes.filter((project) => project !== null));
    after = pageInfo.hasNextPage && projects.length < limit ? (pageInfo.endCursor ?? null) : null;
  } while (after !== null);
  return projects.slice(0, limit);
}

async function projectsPage(
  service: Service,
  variables: BatchProjectsQueryVariables,
): Promise<NonNullable<BatchProjectsQuery['batch']>['projects']> {
  return found((await request(service, BatchProjects, variables)).batch).projects;
}

function found<T>(batch: T | null | undefined): T {
  if (batch == null) {
    throw new RequestError('The batch does not exist', 'BATCH_NOT_FOUND');
  }
  return batch;
}
