/** One sentence a line; 500 characters and more. */
const CONTENT = [
  'Every batch begins with a text, and this one tells how a text becomes a video.',
  'First it becomes a script: its sentences are cut into scenes.',
  'Each scene gets the time that it takes to read it aloud.',
  'The scenes become slides and captions, and the slides become a video.',
  'The video gets a thumbnail with the name of the project on it.',
  'At last everything is put into the library, where any browser can watch it.',
  'Meanwhile the numbers of the batch are true at every moment.',
  'Every step of every project arrives here live, while it happens.',
  'Change this text to your own, of 500 to 10000 characters.',
].join('\n            ');

const CREATE = `# 1. Create a batch. Copy the id that comes back. A service that wants a token takes
#    it from Headers, below, in each tab: {"Authorization": "Bearer <token>"}
mutation CreateBatch {
  createBatch(
    input: {
      name: "My first batch"
      projects: [
        {
          name: "How a text becomes a video"
          content: """
            ${CONTENT}
          """
        }
      ]
    }
  ) {
    ... on CreateBatchSuccess {
      batch {
        id
        status
        totalProjects
      }
    }
    ... on InvalidInputError {
      message
      issues {
        field
        message
      }
    }
  }
}
`;

const WATCH = `# 2. Watch it until it ends. Put its id in the place of the dots.
subscription WatchBatch {
  batchProgress(batchId: "batch_...") {
    cursor
    batch {
      status
      progress
      completedProjects
      failedProjects
      totalProjects
    }
    changes {
      project {
        name
        progress
        videoUrl
      }
      from
      to
    }
  }
}
`;

const PAUSE = `# 3. Pause it; resumeBatch goes on. Put its id in the place of the dots.
mutation PauseBatch {
  pauseBatch(input: { batchId: "batch_..." }) {
    ... on PauseBatchSuccess {
      batch {
        status
        runningProjects
        waitingProjects
      }
    }
    ... on Error {
      code
      message
    }
  }
}
`;

const LIST = `# 4. All batches, newest first.
query ListBatches {
  batches(first: 20) {
    totalCount
    nodes {
      id
      name
      status
      progress
      completedProjects
      failedProjects
      totalProjects
      createdAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`;

/** What GraphiQL opens with, in order. */
export const GRAPHIQL_TABS = [CREATE, WATCH, PAUSE, LIST];
