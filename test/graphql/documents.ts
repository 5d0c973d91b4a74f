import { graphql } from '../../src/generated/gql/index.ts';

export const CREATE = graphql(`
  mutation TestCreate($input: CreateBatchInput!) {
    createBatch(input: $input) {
      __typename
      ... on CreateBatchSuccess {
        replayed
        batch {
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
          failureLimit
          version
          configurationId
          promptTemplateId
          geminiModel
          youtubeSettings {
            privacy
            publishType
            publishAt
            aiContentFlag
          }
          createdAt
          startedAt
          finishedAt
          projects {
            totalCount
            nodes {
              id
              name
              position
              content
              status
              progress
              attempt
              configurationId
              promptTemplateId
              geminiModel
              youtubeSettings {
                privacy
                publishType
                publishAt
                aiContentFlag
              }
            }
          }
        }
      }
      ... on InvalidInputError {
        code
        message
        field
        issues {
          field
          message
        }
      }
      ... on IdempotencyConflictError {
        code
        message
        batch {
          id
        }
      }
    }
  }
`);

export const DETAIL = graphql(`
  query TestDetail($id: ID!) {
    batch(id: $id) {
      id
      name
      status
      progress
      totalProjects
      completedProjects
      failedProjects
      runningProjects
      projects {
        totalCount
        nodes {
          id
          name
          status
          progress
          errorMessage
        }
      }
    }
  }
`);

export const LIST = graphql(`
  query TestList(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $status: [BatchStatus!]
    $search: String
  ) {
    batches(
      first: $first
      after: $after
      last: $last
      before: $before
      status: $status
      search: $search
    ) {
      totalCount
      edges {
        cursor
        node {
          id
        }
      }
      nodes {
        id
        name
        status
        progress
        totalProjects
        completedProjects
        failedProjects
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`);

export const PROJECTS = graphql(`
  query TestProjects(
    $id: ID!
    $first: Int
    $after: String
    $last: Int
    $before: String
    $offset: Int
    $status: [ProjectStatus!]
  ) {
    batch(id: $id) {
      projects(first: $first, after: $after, last: $last, before: $before, offset: $offset, status: $status) {
        totalCount
        nodes {
          id
          position
          status
        }
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
  }
`);

export const EVENTS = graphql(`
  query TestEvents($id: ID!, $first: Int, $after: String) {
    batch(id: $id) {
      events(first: $first, after: $after) {
        nodes {
          kind
          version
          at
          change {
            from
            to
            at
            project {
              id
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

export const NODES = graphql(`
  query TestNodes($id: ID!, $ids: [ID!]!) {
    node(id: $id) {
      __typename
      id
    }
    nodes(ids: $ids) {
      __typename
      id
      ... on Batch {
        name
      }
      ... on Project {
        name
        batch {
          id
        }
      }
    }
  }
`);

export const PROJECT = graphql(`
  query TestProject($id: ID!) {
    project(id: $id) {
      id
      name
      content
      version
      captionsUrl
      batch {
        id
      }
    }
  }
`);

export const PAUSE = graphql(`
  mutation TestPause($id: ID!) {
    pauseBatch(input: { batchId: $id }) {
      __typename
      ... on PauseBatchSuccess {
        batch {
          id
          status
        }
      }
      ... on BatchNotFoundError {
        batchId
      }
      ... on InvalidStateError {
        batch {
          id
          status
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`);

export const RESUME = graphql(`
  mutation TestResume($id: ID!) {
    resumeBatch(input: { batchId: $id }) {
      __typename
      ... on ResumeBatchSuccess {
        batch {
          status
        }
      }
      ... on Error {
        code
      }
    }
  }
`);

export const CANCEL = graphql(`
  mutation TestCancel($id: ID!) {
    cancelBatch(input: { batchId: $id }) {
      __typename
      ... on CancelBatchSuccess {
        batch {
          status
          cancelledProjects
        }
      }
      ... on Error {
        code
      }
    }
  }
`);

export const RETRY = graphql(`
  mutation TestRetry($id: ID!, $projectIds: [ID!]) {
    retryBatch(input: { batchId: $id, projectIds: $projectIds }) {
      __typename
      ... on RetryBatchSuccess {
        retriedProjects
        batch {
          status
          waitingProjects
        }
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

export const WATCH = graphql(`
  subscription TestWatch($id: ID!, $after: String) {
    batchProgress(batchId: $id, after: $after) {
      cursor
      reset
      batch {
        id
        status
        progress
        version
        waitingProjects
        runningProjects
        completedProjects
        failedProjects
        finishedAt
      }
      changes {
        from
        to
        project {
          id
          progress
        }
      }
      progressed {
        id
        progress
      }
    }
  }
`);

export const WATCH_ALL = graphql(`
  subscription TestWatchAll {
    batchUpdated {
      id
      status
      completedProjects
    }
  }
`);
