import { EventEmitter, once } from 'node:events';
import { expect } from 'vitest';
import type { CreateBatchInput, TestWatchSubscription } from '../../src/generated/gql/graphql.ts';
import { inputOf, uuidIn } from '../graphql/scene.ts';
import { createTestDatabase, type Row } from '../helpers/database.ts';
import { openTestQueue, scriptedStudio, startTestEngine } from '../helpers/engine.ts';
import { type Proxy as Network, openProxy } from '../helpers/proxy.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { batchEnded, batchWhere } from '../helpers/wait.ts';

/** One event of a batch, as a client has received it. */
export type Progress = TestWatchSubscription['batchProgress'];

/** A client library, as an application would use it. */
export interface Follower extends AsyncDisposable {
  /** Makes a batch, and gives its global id. */
  create(input: CreateBatchInput): Promise<string>;
  /**
   * Follows a batch from a cursor on. Resolves with 'complete' once the server has said that there is
   * no more, and with 'lost' where the connection broke.
   */
  follow(id: string, after: string | undefined, onEvent: (event: Progress) => void): Promise<'complete' | 'lost'>;
}

/** Each starts a service and works off a batch: more than the usual, where the machine is loaded. */
export const FOLLOW_TIMEOUT_MS = 180_000;

const PROJECTS = 3;

/** A service that works off batches, behind a network that can be cut. */
interface Service extends AsyncDisposable {
  server: TestServer;
  network: Network;
  /** Lets the projects go on that wait before their first stage. */
  begin(): void;
  /** Lets the projects go on that wait before their videos are made. */
  goOn(): void;
}

async function openService(): Promise<Service> {
  await using stack = new AsyncDisposableStack();
  const testDatabase = stack.use(await createTestDatabase());
  const { database } = testDatabase;
  const queue = stack.use(await openTestQueue(database));
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const studio = scriptedStudio(async (stage) => {
    await begun.promise;
    if (stage === 'render') {
      await gate.promise;
    }
    return stage === 'upload' ? { videoUrl: '/library/video.mp4' } : {};
  });
  const server = stack.use(await startTestServer({ testDatabase, queue: () => queue }));
  stack.use(await startTestEngine(database, queue, studio, { concurrency: PROJECTS }));
  stack.defer(() => {
    begun.resolve();
    gate.resolve();
  });
  const network = stack.use(await openProxy(server.url));
  const everything = stack.move();
  return {
    server,
    network,
    begin: begun.resolve,
    goOn: gate.resolve,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

/**
 * Has a client make a batch, watch how it is worked off, lose its network in the middle, and come back
 * with its cursor once the batch has gone on without it. It has to hear of everything, in order, once.
 */
export async function followThrough(connect: (url: string) => Follower | Promise<Follower>): Promise<void> {
  await using service = await openService();
  const { server, network } = service;
  const { database } = server.testDatabase;
  await using follower = await connect(network.url);
  const id = await follower.create(inputOf(PROJECTS));
  const uuid = uuidIn(id);

  const events: Progress[] = [];
  const heard = new EventEmitter();
  const onEvent = (event: Progress) => {
    events.push(event);
    heard.emit('event');
  };
  const follow = () => follower.follow(id, events.at(-1)?.cursor, onEvent);

  const first = follow();
  await once(heard, 'event');
  service.begin();
  while (isRendering(events) < PROJECTS) {
    await once(heard, 'event');
  }
  network.cut();
  expect(await first).toBe('lost');
  await expect.poll(() => server.feed.subscribers).toBe(0);
  const before = events.length;
  service.goOn();
  await batchWhere(database, uuid, ({ completedProjects }) => completedProjects > 0);
  network.mend();
  expect(await follow()).toBe('complete');

  const ended = await batchEnded(database, uuid);
  expect(events.length).toBeGreaterThan(before);
  expect(events.at(-1)?.batch).toMatchObject({ id, status: 'COMPLETED', completedProjects: PROJECTS });
  expect(events.at(-1)?.batch.version).toBe(ended.version);
  expectWhole(events, await changesOf(server, uuid));
  await expect.poll(() => server.feed.subscribers).toBe(0);
}

/** How many projects were seen to be rendering. */
function isRendering(events: readonly Progress[]): number {
  return events.flatMap(({ changes }) => changes).filter(({ to }) => to === 'RENDERING').length;
}

/** Every status change of a batch, by its history in the database. */
function changesOf(server: TestServer, uuid: string): Promise<Row[]> {
  return server.testDatabase.sql(
    `SELECT version, 'project_' || project_id AS id, from_status AS "from", to_status AS "to"
       FROM batch_events WHERE batch_id = $1 AND kind = 'PROJECT_STATUS_CHANGED' ORDER BY version, ordinal`,
    [uuid],
  );
}

/** Expects that events tell every change since the first of them, in order and once, and that nothing goes back. */
export function expectWhole(events: readonly Progress[], changes: readonly Row[]): void {
  const since = events[0]?.batch.version ?? 0;
  const told = events.flatMap((event) => event.changes.map(({ project: { id }, from, to }) => ({ id, from, to })));
  const happened = changes.filter(({ version }) => Number(version) > since);
  expect(told).toEqual(happened.map(({ id, from, to }) => ({ id, from, to })));
  expect(events.every(({ reset }) => !reset)).toBe(true);
  const versions = events.map(({ batch }) => batch.version);
  expect(versions).toEqual(versions.toSorted((one, other) => one - other));
}
