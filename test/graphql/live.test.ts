import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestWatchSubscription } from '../../src/generated/gql/graphql.ts';
import { type Result, startTestServer, type TestServer } from '../helpers/server.ts';
import { PAUSE, WATCH, WATCH_ALL } from './documents.ts';
import { inputOf, makeBatch, updateProject } from './scene.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const UNKNOWN = 'batch_0192f7a4-5c1e-7d3a-9b1f-2f6d8e4c1a01';

type Stream<Data> = AsyncIterableIterator<Result<Data>>;

/** The data of the next event, which must have no errors. */
async function next<Data>(stream: Stream<Data>): Promise<Data> {
  const { value, done } = await stream.next();
  expect(done).toBeFalsy();
  expect(value.errors).toBeUndefined();
  return value.data;
}

async function nextProgress(stream: Stream<TestWatchSubscription>) {
  return (await next(stream)).batchProgress;
}

describe.each(['subscribe', 'subscribeSse'] as const)('over %s', (over) => {
  test('a subscriber follows the life of a batch that plain SQL writes, to its end', async () => {
    const batch = await makeBatch(server, inputOf(2));
    const [first = '', second = ''] = batch.projects.map(({ uuid }) => uuid);
    const stream = server[over](WATCH, { id: batch.id });

    expect(await nextProgress(stream)).toMatchObject({
      reset: false,
      changes: [],
      progressed: [],
      batch: { id: batch.id, status: 'QUEUED', progress: 0, waitingProjects: 2, finishedAt: null },
    });
    await updateProject(server, first, { status: 'RENDERING' });
    expect(await nextProgress(stream)).toMatchObject({
      batch: { status: 'RUNNING', progress: 37.5, waitingProjects: 1, runningProjects: 1 },
      changes: [{ from: 'INITIALIZED', to: 'RENDERING', project: { id: `project_${first}`, progress: 75 } }],
    });
    await updateProject(server, first, { status: 'RENDERING', fraction: 0.5 });
    expect(await nextProgress(stream)).toMatchObject({
      batch: { progress: 40 },
      changes: [],
      progressed: [{ id: `project_${first}`, progress: 80 }],
    });
    await updateProject(server, first, { status: 'COMPLETED' });
    expect(await nextProgress(stream)).toMatchObject({
      batch: { status: 'RUNNING', completedProjects: 1, runningProjects: 0 },
      changes: [{ from: 'RENDERING', to: 'COMPLETED' }],
    });
    await updateProject(server, second, { status: 'FAILED', error_message: 'script: no text' });
    expect(await nextProgress(stream)).toMatchObject({
      batch: {
        status: 'COMPLETED',
        completedProjects: 1,
        failedProjects: 1,
        progress: 50,
        finishedAt: expect.any(String),
      },
      changes: [{ from: 'INITIALIZED', to: 'FAILED' }],
    });
    expect(await stream.next()).toMatchObject({ done: true });
  });

  test('a cursor goes on without a gap or a repeat', async () => {
    const batch = await makeBatch(server, inputOf(1));
    const uuid = String(batch.projects[0]?.uuid);
    const before = server[over](WATCH, { id: batch.id });
    const { cursor } = await nextProgress(before);
    await before.return?.();
    for (const status of ['SCRIPT_GENERATING', 'SCRIPT_GENERATED', 'RENDERING', 'COMPLETED']) {
      await updateProject(server, uuid, { status });
    }
    const after = server[over](WATCH, { id: batch.id, after: cursor });
    const event = await nextProgress(after);
    expect(event.changes.map(({ from, to }) => [from, to])).toEqual([
      ['INITIALIZED', 'SCRIPT_GENERATING'],
      ['SCRIPT_GENERATING', 'SCRIPT_GENERATED'],
      ['SCRIPT_GENERATED', 'RENDERING'],
      ['RENDERING', 'COMPLETED'],
    ]);
    expect(event.batch.status).toBe('COMPLETED');
    expect(await after.next()).toMatchObject({ done: true });
    const again = server[over](WATCH, { id: batch.id, after: event.cursor });
    expect(await nextProgress(again)).toMatchObject({ changes: [], reset: false });
    expect(await again.next()).toMatchObject({ done: true });
  });

  test.each([UNKNOWN, 'batch_1', UNKNOWN.replace('batch', 'project')])(
    'a batch that does not exist is one error, and the end: %s',
    async (id) => {
      const stream = server[over](WATCH, { id }, { 'accept-language': 'zh-TW' });
      const { value } = await stream.next();
      expect(value.data ?? null).toBeNull();
      expect(value.errors).toMatchObject([{ message: '批次任務不存在', extensions: { code: 'BATCH_NOT_FOUND' } }]);
      expect(value.errors).toHaveLength(1);
      expect(await stream.next()).toMatchObject({ done: true });
    },
  );

  test('a cursor of another batch and one that is none are refused', async () => {
    const one = await makeBatch(server, inputOf(1));
    const other = await makeBatch(server, inputOf(1));
    const stream = server[over](WATCH, { id: other.id });
    const { cursor } = await nextProgress(stream);
    await stream.return?.();
    for (const after of [cursor, 'garbage', '', Buffer.from('[1]').toString('base64url')]) {
      const refused = server[over](WATCH, { id: one.id, after });
      const { value } = await refused.next();
      expect(value.errors).toMatchObject([
        {
          message: 'after is not a cursor of this list',
          extensions: { code: 'INVALID_INPUT', field: 'after' },
        },
      ]);
      expect(await refused.next()).toMatchObject({ done: true });
    }
  });

  test('all batches can be watched at once', async () => {
    const one = await makeBatch(server, inputOf(1));
    const other = await makeBatch(server, inputOf(1));
    await expect.poll(() => server.feed.subscribers).toBe(0);
    const stream = server[over](WATCH_ALL, {});
    const seen = new Map<string, string>();
    const collected = (async () => {
      while (seen.get(one.id) !== 'COMPLETED' || seen.get(other.id) !== 'PAUSED') {
        const { batchUpdated } = await next(stream);
        seen.set(batchUpdated.id, batchUpdated.status);
      }
    })();
    await expect.poll(() => server.feed.subscribers).toBe(1);
    await updateProject(server, String(one.projects[0]?.uuid), { status: 'COMPLETED' });
    await server.query(PAUSE, { id: other.id });
    await collected;
    await stream.return?.();
  });

  test('a subscriber that goes away is forgotten', async () => {
    const batch = await makeBatch(server, inputOf(1));
    await expect.poll(() => server.feed.subscribers).toBe(0);
    const streams = [server[over](WATCH, { id: batch.id }), server[over](WATCH, { id: batch.id })];
    await Promise.all(streams.map((stream) => stream.next()));
    expect(server.feed.subscribers).toBe(2);
    for (const stream of streams) {
      await stream.return?.();
    }
    await expect.poll(() => server.feed.subscribers).toBe(0);
  });
});
