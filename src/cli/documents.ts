import { graphql } from '../generated/gql/gql.ts';

/** Makes a batch; asks for what names its projects. */
export const CreateBatch = graphql(`
  mutation CreateBatch($input: CreateBatchInput!) {
    createBatch(input: $input) {
      __typename
      ... on CreateBatchSuccess {
        batch {
          id
          name
          totalProjects
        }
      }
      ... on InvalidInputError {
        issues {
          field
          message
        }
      }
      ... on Error {
        message
      }
    }
  }
`);

/** A project as the terminal shows it. */
export const WatchedProject = graphql(`
  fragment WatchedProject on Project {
    id
    name
    status
    progress
    errorMessage
    videoUrl
  }
`);

/** One page of the projects of a batch, with all that a list of them shows. */
export const BatchProjects = graphql(`
  query BatchProjects($batchId: ID!, $after: String) {
    batch(id: $batchId) {
      projects(first: 100, after: $after) {
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
        id
        name
        status
        progress
        totalProjects
        completedProjects
        failedProjects
        cancelledProjects
      }
      changes {
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
