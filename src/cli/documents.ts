import { graphql } from '../generated/cli-gql/gql.ts';

/** A batch as the terminal shows it. */
export const BatchSummary = graphql(`
  fragment BatchSummary on Batch {
    id
    name
    status
    progress
    totalProjects
    waitingProjects
    runningProjects
    completedProjects
    failedProjects
    cancelledProjects
    createdAt
    startedAt
    finishedAt
  }
`);

/** A project as the terminal shows it. */
export const WatchedProject = graphql(`
  fragment WatchedProject on Project {
    id
    name
    position
    status
    progress
    attempt
    errorMessage
    finishedAt
    videoUrl
    thumbnailUrl
    captionsUrl
    version
  }
`);

/** Makes a batch. */
export const CreateBatch = graphql(`
  mutation CreateBatch($input: CreateBatchInput!) {
    createBatch(input: $input) {
      __typename
      ... on CreateBatchSuccess {
        batch {
          ...BatchSummary
        }
        replayed
      }
      ... on InvalidInputError {
        issues {
          field
          message
        }
      }
      ... on IdempotencyConflictError {
        batch {
          id
        }
      }
      ... on Error {
        message
      }
    }
  }
`);

/** One page of the batches, newest first. */
export const Batches = graphql(`
  query Batches($first: Int!, $after: String, $status: [BatchStatus!], $search: String) {
    batches(first: $first, after: $after, status: $status, search: $search) {
      totalCount
      nodes {
        ...BatchSummary
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

/** One batch, as it is now. */
export const OneBatch = graphql(`
  query OneBatch($batchId: ID!) {
    batch(id: $batchId) {
      ...BatchSummary
    }
  }
`);

/** How long a batch will take. */
export const RemainingTime = graphql(`
  query RemainingTime($batchId: ID!) {
    batch(id: $batchId) {
      estimatedRemainingMs
    }
  }
`);

/** One batch with everything that is said of it. */
export const BatchDetails = graphql(`
  query BatchDetails($batchId: ID!) {
    batch(id: $batchId) {
      ...BatchSummary
      estimatedRemainingMs
      geminiModel
      failureLimit
      configurationId
      promptTemplateId
      youtubeSettings {
        privacy
        publishType
        publishAt
        aiContentFlag
      }
    }
  }
`);

/** One page of the projects of a batch, with all that a list of them shows. */
export const BatchProjects = graphql(`
  query BatchProjects($batchId: ID!, $after: String, $status: [ProjectStatus!]) {
    batch(id: $batchId) {
      projects(first: 100, after: $after, status: $status) {
        nodes {
          ...WatchedProject
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

/** One batch, live. */
export const WatchBatch = graphql(`
  subscription WatchBatch($batchId: ID!, $after: String) {
    batchProgress(batchId: $batchId, after: $after) {
      cursor
      reset
      batch {
        ...BatchSummary
      }
      changes {
        at
        from
        to
        project {
          ...WatchedProject
        }
      }
      progressed {
        ...WatchedProject
      }
    }
  }
`);

/** Nothing of a batch starts any more. */
export const PauseBatch = graphql(`
  mutation PauseBatch($batchId: ID!) {
    pauseBatch(input: { batchId: $batchId }) {
      __typename
      ... on PauseBatchSuccess {
        batch {
          ...BatchSummary
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`);

/** A paused batch goes on. */
export const ResumeBatch = graphql(`
  mutation ResumeBatch($batchId: ID!) {
    resumeBatch(input: { batchId: $batchId }) {
      __typename
      ... on ResumeBatchSuccess {
        batch {
          ...BatchSummary
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`);

/** A batch ends before it is done. */
export const CancelBatch = graphql(`
  mutation CancelBatch($batchId: ID!) {
    cancelBatch(input: { batchId: $batchId }) {
      __typename
      ... on CancelBatchSuccess {
        batch {
          ...BatchSummary
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`);

/** Failed and cancelled projects of a batch are tried again. */
export const RetryBatch = graphql(`
  mutation RetryBatch($batchId: ID!, $projectIds: [ID!]) {
    retryBatch(input: { batchId: $batchId, projectIds: $projectIds }) {
      __typename
      ... on RetryBatchSuccess {
        batch {
          ...BatchSummary
        }
        retriedProjects
      }
      ... on ProjectNotFoundError {
        projectId
      }
      ... on Error {
        code
        message
      }
    }
  }
`);
