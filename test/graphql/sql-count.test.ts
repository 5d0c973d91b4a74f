import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { PgliteDatabase } from '../../src/database/pglite.ts';
import { graphql } from '../../src/generated/gql/index.ts';
import { PrismaClient } from '../../src/generated/prisma/client.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { CREATE, LIST, NODES, PROJECTS, WATCH } from './documents.ts';
import { inputOf, type MadeBatch, makeBatch, updateProject } from './scene.ts';

const BATCH = graphql(`
  query CountBatch($id: ID!) {
    batch(id: $id) {
      id
      status
      progress
      totalProjects
      youtubeSettings {
        privacy
      }
    }
  }
`);

const BATCHES = graphql(`
  query CountBatches {
    batches(first: 20) {
      nodes {
        id
        name
        status
        progress
        totalProjects
        waitingProjects
        createdAt
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

const CONTENTS = graphql(`
  query CountContents($id: ID!) {
    batch(id: $id) {
      projects {
        totalCount
        nodes {
          id
          content
          batch {
            name
          }
        }
      }
    }
  }
`);

const MEASURES = graphql(`
  query CountMeasures {
    batches(first: 20) {
      nodes {
        estimatedRemainingMs
        stages {
          stage
          remainingProjects
        }
      }
    }
  }
`);

let testDatabase: TestDatabase;
let prisma: PrismaClient<'query'>;
let server: TestServer;
let statements: string[] = [];
const batches: MadeBatch[] = [];

/** A client of its own for the resolvers, so that what the feed reads is not counted. */
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const { database, url } = testDatabase;
  const adapter =
    database instanceof PgliteDatabase
      ? new PrismaPGlite(database.pglite)
      : new PrismaPg({ connectionString: String(url) });
  prisma = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  prisma.$on('query', ({ query }) => statements.push(query));
  const query: Database['query'] = (statement, values) => {
    statements.push(statement.text);
    return database.query(statement, values);
  };
  server = await startTestServer({
    testDatabase,
    services: { database: { prisma, query, transaction: (body) => database.transaction(body) } },
  });
  for (let made = 0; made < 25; made++) {
    batches.push(await makeBatch(server, inputOf(25)));
  }
});
beforeEach(() => {
  statements = [];
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await prisma.$disconnect();
  await testDatabase[Symbol.asyncDispose]();
});

const readsContent = (statement: string) => /"content"/.test(statement);

test('a batch is one statement', async () => {
  await server.query(BATCH, { id: String(batches[0]?.id) });
  expect(statements).toHaveLength(1);
});

test('twenty batches are one statement', async () => {
  const { data } = await server.query(BATCHES, {});
  expect(data?.batches.nodes).toHaveLength(20);
  expect(statements).toHaveLength(1);
});

test('the stages of twenty batches are a few statements, and what remains of them costs none more', async () => {
  const { data } = await server.query(MEASURES, {});
  expect(data?.batches.nodes).toHaveLength(20);
  expect(statements).toHaveLength(1 + 4 * 2);
});

test('batches are counted only where totalCount is asked for', async () => {
  await server.query(LIST, { first: 20 });
  expect(statements).toHaveLength(2);
});

test('twenty projects with their count are two statements, and their texts are not read', async () => {
  const { data } = await server.query(PROJECTS, { id: String(batches[0]?.id) });
  expect(data?.batch?.projects).toMatchObject({ totalCount: 25, nodes: { length: 20 } });
  expect(statements).toHaveLength(2);
  expect(statements.filter(readsContent)).toEqual([]);
});

test('the texts of twenty projects, and their batches, are one statement more each', async () => {
  const { data } = await server.query(CONTENTS, { id: String(batches[0]?.id) });
  expect(data?.batch?.projects.nodes).toHaveLength(20);
  expect(statements).toHaveLength(4);
  expect(statements.filter(readsContent)).toHaveLength(1);
});

test('nodes are one statement per type, however many', async () => {
  const [one, two] = batches;
  const ids = [one, two].flatMap((batch) => [batch?.id, batch?.projects[0]?.id]).map(String);
  await server.query(NODES, { id: String(one?.id), ids });
  expect(statements.length).toBeLessThanOrEqual(3);
});

test('a thousand projects are made with as many statements as ten', async () => {
  const count = async (projects: number) => {
    statements = [];
    const { data } = await server.query(CREATE, { input: inputOf(projects) });
    expect(data?.createBatch.__typename).toBe('CreateBatchSuccess');
    return statements.length;
  };
  expect(await count(1_000)).toBe(await count(10));
});

test('an event of a subscription costs no statement of its own', async () => {
  const batch = await makeBatch(server, inputOf(3));
  const uuid = String(batch.projects[0]?.uuid);
  statements = [];
  const streams = [server.subscribe(WATCH, { id: batch.id }), server.subscribeSse(WATCH, { id: batch.id })];
  await Promise.all(streams.map((stream) => stream.next()));
  for (const status of ['RENDERING', 'COMPLETED']) {
    await updateProject(server, uuid, { status });
    for (const stream of streams) {
      const { value } = await stream.next();
      expect(value.data.batchProgress.changes).toHaveLength(1);
    }
  }
  expect(statements).toEqual([]);
  await Promise.all(streams.map((stream) => stream.return?.()));
});
