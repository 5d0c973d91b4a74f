import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BatchEventKind } from '../../src/generated/gql/graphql.ts';
import { graphql } from '../../src/generated/gql/index.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { inputOf, type MadeBatch, makeBatch, updateProject } from './scene.ts';

const STAGES = graphql(`
  query MeasureStages($id: ID!) {
    batch(id: $id) {
      estimatedRemainingMs
      stages {
        stage
        remainingProjects
        measuredProjects
        meanDurationMs
      }
    }
  }
`);

const COMPLETIONS = graphql(`
  query MeasureCompletions($id: ID!, $buckets: Int) {
    batch(id: $id) {
      startedAt
      finishedAt
      completedProjects
      completions(buckets: $buckets) {
        at
        completed
      }
    }
  }
`);

const LIMITS = graphql(`
  query MeasureLimits {
    limits {
      geminiModels
      maxProjectsPerBatch
      nameMaxLength
      contentMinLength
      contentMaxLength
      maxBodyBytes
    }
  }
`);

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const AT = Date.parse('2026-03-01T10:00:00.000Z');

/** Takes a project through these statuses, which are reached so many milliseconds after AT. */
async function go(batch: MadeBatch, position: number, steps: [status: string, ms: number][]): Promise<void> {
  const uuid = String(batch.projects[position]?.uuid);
  for (const [status, ms] of steps) {
    await updateProject(server, uuid, { status });
    await server.testDatabase.sql(
      `UPDATE batch_events SET at = $1 WHERE project_id = $2 AND version = (SELECT version FROM batches WHERE id = $3)`,
      [new Date(AT + ms).toISOString(), uuid, batch.uuid],
    );
  }
}

async function measure(batch: MadeBatch) {
  const { data, errors } = await server.query(STAGES, { id: batch.id });
  expect(errors).toBeUndefined();
  const stages = data?.batch?.stages ?? [];
  return {
    estimate: data?.batch?.estimatedRemainingMs,
    names: stages.map(({ stage }) => stage),
    remaining: stages.map(({ remainingProjects }) => remainingProjects),
    measured: stages.map(({ measuredProjects }) => measuredProjects),
    means: stages.map(({ meanDurationMs }) => meanDurationMs),
  };
}

/** All five stages, of 100, 200, 300, 400 and 500 ms, with 1 ms between them. */
const WHOLE: [string, number][] = [
  ['SCRIPT_GENERATING', 0],
  ['SCRIPT_GENERATED', 100],
  ['ASSETS_GENERATING', 101],
  ['ASSETS_GENERATED', 301],
  ['RENDERING', 302],
  ['RENDERED', 602],
  ['THUMBNAIL_GENERATING', 603],
  ['THUMBNAIL_GENERATED', 1_003],
  ['UPLOADING', 1_004],
  ['COMPLETED', 1_504],
];

describe('the stages of a batch', () => {
  test('are five in order, all of which remain and none of which is measured at first', async () => {
    expect(await measure(await makeBatch(server, inputOf(3)))).toEqual({
      estimate: null,
      names: ['SCRIPT', 'ASSETS', 'RENDER', 'THUMBNAIL', 'UPLOAD'],
      remaining: [3, 3, 3, 3, 3],
      measured: [0, 0, 0, 0, 0],
      means: [null, null, null, null, null],
    });
  });

  test('are measured from their working status to their done status', async () => {
    const batch = await makeBatch(server, inputOf(3));
    await go(batch, 0, WHOLE);
    await go(batch, 1, [
      ['SCRIPT_GENERATING', 0],
      ['SCRIPT_GENERATED', 300],
      ['ASSETS_GENERATING', 301],
    ]);
    expect(await measure(batch)).toMatchObject({
      remaining: [1, 2, 2, 2, 2],
      measured: [2, 1, 1, 1, 1],
      means: [200, 200, 300, 400, 500],
      estimate: 200 + 2 * (200 + 300 + 400 + 500),
    });
  });

  test('share what remains among the projects that run', async () => {
    const batch = await makeBatch(server, inputOf(3));
    await go(batch, 0, WHOLE);
    await go(batch, 1, WHOLE.slice(0, 4));
    await go(batch, 2, WHOLE.slice(0, 4));
    expect(await measure(batch)).toMatchObject({
      remaining: [0, 0, 2, 2, 2],
      estimate: (2 * (300 + 400 + 500)) / 2,
    });
  });

  test('are not measured over a failure: what a retry took is', async () => {
    const batch = await makeBatch(server, inputOf(2));
    await go(batch, 0, [
      ['SCRIPT_GENERATING', 0],
      ['FAILED', 70],
      ['INITIALIZED', 80],
      ['SCRIPT_GENERATING', 90_000],
      ['SCRIPT_GENERATED', 90_040],
      // Another writer may leave out what it likes: no duration comes of that.
      ['RENDERED', 90_050],
      ['ASSETS_GENERATING', 90_060],
      ['THUMBNAIL_GENERATED', 90_070],
    ]);
    expect(await measure(batch)).toMatchObject({
      measured: [1, 0, 0, 0, 0],
      means: [40, null, null, null, null],
    });
  });

  test('remain for a retried project only after the last that it finished', async () => {
    const batch = await makeBatch(server, inputOf(2));
    await go(batch, 0, [
      ['RENDERED', 0],
      ['FAILED', 1],
      ['INITIALIZED', 2],
    ]);
    expect((await measure(batch)).remaining).toEqual([1, 1, 1, 2, 2]);
  });

  test('remain for nobody who has failed or was cancelled', async () => {
    const batch = await makeBatch(server, inputOf(3));
    await go(batch, 0, [['FAILED', 0]]);
    await go(batch, 1, [['CANCELLED', 0]]);
    expect((await measure(batch)).remaining).toEqual([1, 1, 1, 1, 1]);
  });

  test.each(['paused_at', 'cancelled_at'])('give no estimate once %s is set, and it comes back', async (mark) => {
    const batch = await makeBatch(server, inputOf(2));
    await go(batch, 0, WHOLE);
    const set = (value: string) =>
      server.testDatabase.sql(`UPDATE batches SET ${mark} = ${value} WHERE id = $1`, [batch.uuid]);
    await set('now()');
    expect((await measure(batch)).estimate).toBeNull();
    await set('NULL');
    expect((await measure(batch)).estimate).toBe(1_500);
  });

  test('give no estimate while one that remains has not been measured, and none when all is done', async () => {
    const batch = await makeBatch(server, inputOf(2));
    await go(batch, 0, WHOLE.slice(0, -1));
    expect((await measure(batch)).estimate).toBeNull();
    await go(batch, 0, WHOLE.slice(-1));
    expect((await measure(batch)).estimate).toBe(1_500);
    await go(batch, 1, WHOLE);
    expect(await measure(batch)).toMatchObject({ estimate: null, remaining: [0, 0, 0, 0, 0] });
  });

  test('are measured from the newest history alone', async () => {
    const batch = await makeBatch(server, inputOf(2));
    await go(batch, 0, WHOLE.slice(0, 2));
    await server.testDatabase.sql(
      `INSERT INTO batch_events (batch_id, version, ordinal, kind, project_id, to_status)
       SELECT $1, version, n, 'PROJECT_STATUS_CHANGED', $2, 'UPLOADING' FROM batches, generate_series(100, 2098) n WHERE id = $1`,
      [batch.uuid, batch.projects[1]?.uuid],
    );
    // The end of the stage is the oldest event that is looked at; its start is out of sight.
    expect((await measure(batch)).measured).toEqual([0, 0, 0, 0, 0]);
    await server.testDatabase.sql(`DELETE FROM batch_events WHERE batch_id = $1 AND ordinal = 100`, [batch.uuid]);
    expect((await measure(batch)).measured).toEqual([1, 0, 0, 0, 0]);
  });
});

describe('completions', () => {
  async function completions(batch: MadeBatch, buckets?: number) {
    const { data } = await server.query(COMPLETIONS, { id: batch.id, ...(buckets === undefined ? {} : { buckets }) });
    return { ...data?.batch, points: data?.batch?.completions ?? [] };
  }

  /** Completes projects so many milliseconds after AT, and has the batch last from AT for so long. */
  async function complete(batch: MadeBatch, times: number[], lastsMs: number | undefined): Promise<void> {
    for (const [at, ms] of times.entries()) {
      const uuid = String(batch.projects[at]?.uuid);
      await updateProject(server, uuid, { status: 'COMPLETED' });
      await server.testDatabase.sql('UPDATE projects SET finished_at = $1 WHERE id = $2', [
        new Date(AT + ms).toISOString(),
        uuid,
      ]);
    }
    const finishedAt = lastsMs === undefined ? null : new Date(AT + lastsMs).toISOString();
    await server.testDatabase.sql('UPDATE batches SET started_at = $1, finished_at = $2 WHERE id = $3', [
      new Date(AT).toISOString(),
      finishedAt,
      batch.uuid,
    ]);
  }

  test('are none where nothing has started', async () => {
    expect((await completions(await makeBatch(server, inputOf(1)))).points).toEqual([]);
  });

  test('are counted at evenly spaced moments, each with what was completed by then', async () => {
    const batch = await makeBatch(server, inputOf(4));
    await complete(batch, [1, 250, 251, 1_000], 1_000);
    expect((await completions(batch, 5)).points).toEqual(
      [0, 1, 2, 3, 4].map((step) => ({
        at: new Date(AT + step * 250).toISOString(),
        completed: [0, 2, 3, 3, 4][step],
      })),
    );
  });

  test('go on to now while the batch has not ended', async () => {
    const batch = await makeBatch(server, inputOf(3));
    await complete(batch, [0, 10], undefined);
    const before = Date.now();
    const { points, finishedAt } = await completions(batch);
    expect(finishedAt).toBeNull();
    expect(points).toHaveLength(60);
    expect(points[0]).toEqual({ at: new Date(AT).toISOString(), completed: 1 });
    expect(points.at(-1)?.completed).toBe(2);
    expect(Math.abs(Date.parse(String(points.at(-1)?.at)) - before)).toBeLessThan(60_000);
  });

  test('have fewer points where the time is shorter', async () => {
    const batch = await makeBatch(server, inputOf(2));
    await complete(batch, [0, 2], 2);
    expect((await completions(batch)).points.map(({ completed }) => completed)).toEqual([1, 1, 2]);
    await complete(batch, [0, 0], 0);
    expect((await completions(batch)).points).toEqual([{ at: new Date(AT).toISOString(), completed: 2 }]);
  });

  test('end with the count of the batch, whatever the clocks of its writers said', async () => {
    const batch = await makeBatch(server, inputOf(2));
    await complete(batch, [-5_000, 99_000], 1_000);
    expect((await completions(batch, 3)).points.map(({ completed }) => completed)).toEqual([1, 1, 2]);
  });

  test.each([1, 201, -1])('at %d moments are refused', async (buckets) => {
    const { id } = await makeBatch(server, inputOf(1));
    const ask = (language: string) => server.query(COMPLETIONS, { id, buckets }, { 'accept-language': language });
    expect((await ask('en')).errors).toMatchObject([
      {
        message: `buckets must be between 2 and 200 (current: ${buckets})`,
        extensions: { code: 'INVALID_INPUT', field: 'buckets' },
      },
    ]);
    expect((await ask('zh-TW')).errors).toMatchObject([{ message: `buckets 必須在 2-200 之間（當前：${buckets}）` }]);
  });
});

describe('limits', () => {
  test('are those that the server is configured with', async () => {
    await using other = await startTestServer({ limits: { models: ['a', 'b'], maxProjects: 7, maxBodyBytes: 12_345 } });
    const { data } = await other.query(LIMITS, {});
    expect(data?.limits).toEqual({
      geminiModels: ['a', 'b'],
      maxProjectsPerBatch: 7,
      nameMaxLength: 200,
      contentMinLength: 500,
      contentMaxLength: 10_000,
      maxBodyBytes: 12_345,
    });
  });
});

describe('history', () => {
  const EVENTS_OF = graphql(`
    query MeasureEvents($id: ID!, $kind: [BatchEventKind!], $first: Int, $after: String, $last: Int) {
      batch(id: $id) {
        events(kind: $kind, first: $first, after: $after, last: $last) {
          nodes {
            kind
            version
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  `);

  const PROJECT_EVENTS = graphql(`
    query MeasureProjectEvents($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
      project(id: $id) {
        events(first: $first, after: $after, last: $last, before: $before) {
          nodes {
            kind
            change {
              to
              project {
                id
              }
            }
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

  test('of a batch is filtered by kind, and pages under the filter', async () => {
    const batch = await makeBatch(server, inputOf(1));
    for (const mark of ['now()', 'NULL', 'now()']) {
      await server.testDatabase.sql(`UPDATE batches SET paused_at = ${mark} WHERE id = $1`, [batch.uuid]);
      await updateProject(server, String(batch.projects[0]?.uuid), {
        status: mark === 'NULL' ? 'RENDERED' : 'RENDERING',
      });
    }
    const kinds = async (kind: BatchEventKind[] | null, rest: object = {}) =>
      (await server.query(EVENTS_OF, { id: batch.id, kind, ...rest })).data?.batch?.events;
    const list = async (...args: Parameters<typeof kinds>) => (await kinds(...args))?.nodes.map((node) => node?.kind);
    expect(await list(['PAUSED', 'RESUMED', 'CREATED'])).toEqual(['CREATED', 'PAUSED', 'RESUMED', 'PAUSED']);
    expect(await list(['PAUSED', 'RESUMED'], { last: 2 })).toEqual(['RESUMED', 'PAUSED']);
    expect(await list(['PROJECT_STATUS_CHANGED', 'RESUMED'])).toEqual([
      'PROJECT_STATUS_CHANGED',
      'RESUMED',
      'PROJECT_STATUS_CHANGED',
      'PROJECT_STATUS_CHANGED',
    ]);
    expect(await list([])).toEqual([]);
    expect(await list(null)).toHaveLength(7);
    const first = await kinds(['PAUSED'], { first: 1 });
    expect(first?.pageInfo.hasNextPage).toBe(true);
    const rest = await kinds(['PAUSED'], { first: 1, after: first?.pageInfo.endCursor });
    expect([rest?.nodes[0]?.kind, rest?.pageInfo.hasNextPage]).toEqual(['PAUSED', false]);
    expect(rest?.nodes[0]?.version).toBeGreaterThan(Number(first?.nodes[0]?.version));
  });

  test('of a project is its own alone, oldest first, and pages both ways', async () => {
    const batch = await makeBatch(server, inputOf(2));
    await go(batch, 1, WHOLE.slice(0, 3));
    await go(batch, 0, WHOLE);
    const id = String(batch.projects[0]?.id);
    const page = async (args: object) => {
      const { data, errors } = await server.query(PROJECT_EVENTS, { id, ...args });
      expect(errors).toBeUndefined();
      const events = data?.project?.events;
      return { to: events?.nodes.map((node) => node?.change?.to), nodes: events?.nodes, ...events?.pageInfo };
    };
    const all = await page({});
    expect(all.to).toEqual(WHOLE.map(([status]) => status));
    expect(all.nodes?.every((node) => node?.change?.project.id === id)).toBe(true);
    const first = await page({ first: 4 });
    expect(first).toMatchObject({ to: all.to?.slice(0, 4), hasNextPage: true, hasPreviousPage: false });
    expect(await page({ first: 100, after: first.endCursor })).toMatchObject({
      to: all.to?.slice(4),
      hasNextPage: false,
      hasPreviousPage: true,
    });
    expect((await page({ last: 2 })).to).toEqual(all.to?.slice(-2));
    expect((await page({ last: 2, before: first.endCursor })).to).toEqual(all.to?.slice(1, 3));
  });

  test("a cursor of the batch's history is none of its project's", async () => {
    const batch = await makeBatch(server, inputOf(1));
    const { data } = await server.query(EVENTS_OF, { id: batch.id });
    const after = data?.batch?.events.pageInfo.endCursor ?? '';
    const { errors } = await server.query(PROJECT_EVENTS, { id: String(batch.projects[0]?.id), after });
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'after' } }]);
  });
});
