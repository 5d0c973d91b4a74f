import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

const CONTENT = [
  'Every batch begins with a text. A text becomes a script: its paragraphs and sentences are cut',
  'into scenes, and each scene gets the time that it takes to read it aloud. The scenes become',
  'slides and captions, the slides become a video, and the video gets a thumbnail. At last',
  'everything is put into the library, from where it can be watched in any browser. While all of',
  'that happens, the numbers of the batch are true at every moment, and every step of every',
  'project arrives here live. Change this text to your own: it has to be between five hundred',
  'and ten thousand characters long.',
].join(' ');

const CREATE = `# 1. Create a batch. Copy the id that comes back.
mutation CreateBatch {
  createBatch(
    input: {
      name: "My first batch"
      projects: [
        {
          name: "How a text becomes a video"
          content: "${CONTENT}"
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

let page: string | undefined;

/** The page of GraphiQL, whole: it loads nothing from anywhere else. */
export function renderPage(): string {
  // 9 MB: made once, and only if somebody asks for it.
  page ??= renderGraphiQL({
    title: 'Showrunner GraphiQL',
    subscriptionsProtocol: 'WS',
    defaultTabs: GRAPHIQL_TABS.map((query) => ({ query })),
  });
  return page;
}
