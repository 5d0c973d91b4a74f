import { dashboardDocument } from './documents.ts';
import type { GraphqlRequest } from './requests.ts';

/** One query in two dialects that ask for the same values. */
export interface QueryShape {
  name: string;
  /** As the dashboard asks. */
  ours(batchId: string): GraphqlRequest;
  /** As PostGraphile would be asked by the same page. */
  postGraphile(batchId: string): GraphqlRequest;
}

/** Rows of a page. The smallest database has no more, and the answers have to be alike. */
export const PAGE = 10;

const BATCH = `rowId version name status progressSum totalProjects waitingProjects runningProjects completedProjects
  failedProjects cancelledProjects failureLimit createdAt startedAt finishedAt`;
const PROJECT = `rowId version name position status progress attempt errorMessage videoUrl thumbnailUrl captionsUrl
  youtubeUrl startedAt finishedAt`;

const DETAIL = dashboardDocument('BatchDetail');
const LIST = dashboardDocument('BatchList');
const PROJECTS = dashboardDocument('ProjectPage').replace('first: 100', `first: ${PAGE}`);

/** What the dashboard shows. */
export const QUERY_SHAPES: readonly QueryShape[] = [
  {
    name: 'batch detail',
    ours: (batchId) => ({ query: DETAIL, variables: { batchId: `batch_${batchId}` } }),
    postGraphile: (batchId) => ({
      query: `query BatchDetail($batchId: UUID!) {
        batchByRowId(rowId: $batchId) {
          ${BATCH} geminiModel youtubePrivacy youtubePublishType youtubePublishAt youtubeAiContentFlag
        }
      }`,
      variables: { batchId },
    }),
  },
  {
    name: 'batch list',
    ours: () => ({ query: LIST, variables: { first: PAGE } }),
    postGraphile: () => ({
      query: `query BatchList($first: Int!) {
        allBatches(first: $first, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {
          edges { cursor node { ${BATCH} } }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }`,
      variables: { first: PAGE },
    }),
  },
  {
    name: 'project page',
    ours: (batchId) => ({ query: PROJECTS, variables: { batchId: `batch_${batchId}`, offset: 0 } }),
    postGraphile: (batchId) => ({
      query: `query ProjectPage($batchId: UUID!, $first: Int!, $offset: Int!) {
        batchByRowId(rowId: $batchId) {
          rowId
          projectsByBatchId(first: $first, offset: $offset, orderBy: POSITION_ASC) { nodes { ${PROJECT} } }
        }
      }`,
      variables: { batchId, first: PAGE, offset: 0 },
    }),
  },
];
