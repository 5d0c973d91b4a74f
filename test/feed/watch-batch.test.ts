import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BatchNotFound } from '../../src/errors.ts';
import { type Feed, openFeed } from '../../src/feed/feed.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import {
  changesOf,
  historyOf,
  insertBatch,
  NEVER_MS,
  nextOf,
  restOf,
  setStatus,
  type Tampered,
  tamper,
  versionOf,
} from './helpers.ts';

const END = { done: true, value: undefined };

let db: TestDatabase;
let tampered: Tampered;
let feed: Feed;

beforeEach(async () => {
  db = await createTestDatabase();
  tampered = tamper(db.database);
  feed = await openFeed({ database: tampered.database, pollMs: NEVER_MS, mailboxChanges: 20 });
});

afterEach(async () => {
  await feed[Symbol.asyncDispose]();
  expect([feed.subscribers, feed.watchedBatches]).toEqual([0, 0]);
  await db[Symbol.asyncDispose]();
});

test('a fresh subscriber is given the present state at once, and then every change', async () => {
  const {
    batchId,
    projectIds: [first, second],
  } = await insertBatch(db, 2);
  await setStatus(db, first, 'RENDERING');
  const events = feed.watchBatch(batchId);
  expect(await nextOf(events)).toMatchObject({
    batch: { id: batchId, version: 3, runningProjects: 1 },
    changes: [],
    progressed: [],
    reset: false,
  });
  const next = nextOf(events);
  await setStatus(db, second, 'SCRIPT_GENERATING');
  expect(await next).toMatchObject({
    batch: { version: 4, runningProjects: 2 },
    changes: [
      {
        version: 4,
        from: 'INITIALIZED',
        to: 'SCRIPT_GENERATING',
        project: { id: second, progress: 10 },
        at: expect.any(Date),
      },
    ],
    progressed: [],
    reset: false,
  });
  await events.return?.();
});

test('a project that moves on within its stage is in progressed, without its text', async () => {
  const {
    batchId,
    projectIds: [first, second],
  } = await insertBatch(db, 2);
  await setStatus(db, first, 'RENDERING');
  await setStatus(db, second, 'RENDERING');
  const events = feed.watchBatch(batchId);
  await nextOf(events);
  await setStatus(db, second, 'RENDERING', 0.5);
  const update = await nextOf(events);
  expect(update).toMatchObject({ changes: [], progressed: [{ id: second, progress: 80 }], batch: { version: 5 } });
  expect(update.progressed[0]).not.toHaveProperty('content');
  await events.return?.();
});

test('a slow reader gets the newest batch, its changes merged in order, and each project that moved once', async () => {
  const {
    batchId,
    projectIds: [first, second, third],
  } = await insertBatch(db, 3);
  const slow = feed.watchBatch(batchId);
  const quick = feed.watchBatch(batchId);
  const {
    batch: { version },
  } = await nextOf(slow);
  await nextOf(quick);
  const steps = [
    [first, 'SCRIPT_GENERATING', 0],
    [second, 'RENDERING', 0],
    [second, 'RENDERING', 0.2],
    [second, 'RENDERING', 0.4],
    [first, 'SCRIPT_GENERATED', 0],
    [third, 'RENDERING', 0.9],
  ] as const;
  for (const [project, status, fraction] of steps) {
    await setStatus(db, project, status, fraction);
    await nextOf(quick);
  }
  expect(await nextOf(slow)).toMatchObject({
    batch: { version: version + 6 },
    changes: [
      { version: version + 1, project: { id: first }, to: 'SCRIPT_GENERATING' },
      { version: version + 2, project: { id: second }, to: 'RENDERING' },
      { version: version + 5, project: { id: first }, to: 'SCRIPT_GENERATED' },
      { version: version + 6, project: { id: third }, to: 'RENDERING' },
    ],
    progressed: [{ id: second, progress: 79 }],
  });
  await Promise.all([slow.return?.(), quick.return?.()]);
});

test('a reader that has missed too many changes is reset, once, and goes on from there', async () => {
  const { batchId, projectIds } = await insertBatch(db, 15);
  const events = feed.watchBatch(batchId);
  const quick = feed.watchBatch(batchId);
  await Promise.all([nextOf(events), nextOf(quick)]);
  for (const status of ['SCRIPT_GENERATING', 'RENDERING']) {
    await db.sql('UPDATE projects SET status = $1::project_status', [status]);
    expect((await nextOf(quick)).changes).toHaveLength(15);
  }
  expect(await nextOf(events)).toMatchObject({ reset: true, changes: [], progressed: [], batch: { version: 4 } });
  await setStatus(db, projectIds[0], 'RENDERED');
  expect(await nextOf(events)).toMatchObject({ reset: false, changes: [{ to: 'RENDERED' }] });
  await Promise.all([events.return?.(), quick.return?.()]);
});

test('more changes in one statement than a mailbox takes are a reset for all', async () => {
  const { batchId } = await insertBatch(db, 21);
  const events = feed.watchBatch(batchId);
  await nextOf(events);
  await db.sql(`UPDATE projects SET status = 'RENDERING'`);
  expect(await nextOf(events)).toMatchObject({ reset: true, changes: [], batch: { runningProjects: 21 } });
  await events.return?.();
});

test('the end of a batch is the last event: everyone has had all changes, and is let go', async () => {
  const { batchId } = await insertBatch(db, 3);
  const [slow, quick] = [feed.watchBatch(batchId), feed.watchBatch(batchId)];
  await Promise.all([nextOf(slow), nextOf(quick)]);
  const rest = restOf(quick);
  for (const status of ['RENDERING', 'UPLOADING', 'COMPLETED']) {
    await db.sql('UPDATE projects SET status = $1::project_status', [status]);
  }
  const updates = await rest;
  expect(changesOf(updates)).toEqual(await historyOf(db, batchId));
  expect(updates.at(-1)?.batch).toMatchObject({ status: 'COMPLETED', finishedAt: expect.any(Date) });
  expect([feed.watchedBatches, feed.subscribers]).toEqual([0, 1]);
  expect(changesOf(await restOf(slow))).toEqual(await historyOf(db, batchId));
});

test('a batch that had ended before sends its last state and completes', async () => {
  const { batchId } = await insertBatch(db, 1);
  await db.sql(`UPDATE projects SET status = 'COMPLETED'`);
  const fresh = await restOf(feed.watchBatch(batchId));
  expect(fresh).toMatchObject([{ batch: { status: 'COMPLETED' }, changes: [], reset: false }]);
  const resumed = await restOf(feed.watchBatch(batchId, 2));
  expect(resumed).toMatchObject([{ batch: { status: 'COMPLETED' }, changes: [{ to: 'COMPLETED' }], reset: false }]);
  const upToDate = await restOf(feed.watchBatch(batchId, 3));
  expect(upToDate).toMatchObject([{ batch: { version: 3 }, changes: [], reset: false }]);
});

test('a batch that is open again can be watched again', async () => {
  const {
    batchId,
    projectIds: [only],
  } = await insertBatch(db, 1);
  await setStatus(db, only, 'FAILED');
  await restOf(feed.watchBatch(batchId));
  await setStatus(db, only, 'INITIALIZED');
  const events = feed.watchBatch(batchId);
  expect(await nextOf(events)).toMatchObject({ batch: { finishedAt: null } });
  const rest = restOf(events);
  await setStatus(db, only, 'COMPLETED');
  expect(changesOf(await rest)).toEqual([expect.stringContaining('INITIALIZED COMPLETED')]);
});

test('one who asks while a batch is read that turns out to have ended asks anew', async () => {
  const {
    batchId,
    projectIds: [only],
  } = await insertBatch(db, 1);
  await setStatus(db, only, 'FAILED');
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { promise: reading, resolve: onReading } = Promise.withResolvers<void>();
  tampered.beforeRead = () => {
    onReading();
    return held;
  };
  const early = feed.watchBatch(batchId);
  const last = nextOf(early);
  await reading;
  const late = feed.watchBatch(batchId);
  const first = nextOf(late);
  release();
  expect((await last).batch.status).toBe('COMPLETED');
  expect((await first).batch.status).toBe('COMPLETED');
  expect([await early.next(), await late.next()]).toEqual([END, END]);
  expect(tampered.reads).toEqual(['read_since', 'read_since']);
});

test('whoever comes later sees what was committed before it came, even if no notification has told', async () => {
  const {
    batchId,
    projectIds: [first],
  } = await insertBatch(db, 1);
  const early = feed.watchBatch(batchId);
  await nextOf(early);
  tampered.isDeaf = true;
  await setStatus(db, first, 'RENDERING');
  const late = feed.watchBatch(batchId);
  expect(await nextOf(late)).toMatchObject({ batch: { version: 3, runningProjects: 1 }, changes: [] });
  // The same read serves those who were there before.
  expect(await nextOf(early)).toMatchObject({ batch: { version: 3 }, changes: [{ to: 'RENDERING' }] });
  await Promise.all([early.return?.(), late.return?.()]);
});

test('an unknown batch is BATCH_NOT_FOUND at the first next(), and the end', async () => {
  for (const batchId of [randomUUID(), 'no uuid']) {
    const events = feed.watchBatch(batchId);
    await expect(events.next()).rejects.toThrow(new BatchNotFound(batchId));
    expect(await events.next()).toEqual(END);
    await expect(feed.watchBatch(batchId, 3).next()).rejects.toBeInstanceOf(BatchNotFound);
  }
});

test('an id is the same in capital letters', async () => {
  const {
    batchId,
    projectIds: [only],
  } = await insertBatch(db, 1);
  const events = feed.watchBatch(batchId.toUpperCase());
  await nextOf(events);
  await setStatus(db, only, 'COMPLETED');
  expect(await restOf(events)).toHaveLength(1);
});

test('a batch that is deleted while it is watched ends with BATCH_NOT_FOUND after what was left to read', async () => {
  const {
    batchId,
    projectIds: [first],
  } = await insertBatch(db, 2);
  const [waiting, slow] = [feed.watchBatch(batchId), feed.watchBatch(batchId)];
  await Promise.all([nextOf(waiting), nextOf(slow)]);
  await setStatus(db, first, 'RENDERING');
  await nextOf(waiting);
  const next = expect(waiting.next()).rejects.toBeInstanceOf(BatchNotFound);
  await db.sql('DELETE FROM batches');
  await next;
  expect(changesOf([await nextOf(slow)])).toHaveLength(1);
  await expect(slow.next()).rejects.toBeInstanceOf(BatchNotFound);
  expect(await slow.next()).toEqual(END);
});

test('return() ends a next() that waits at once, before and after the first event', async () => {
  const { batchId } = await insertBatch(db, 1);
  const [unread, read] = [feed.watchBatch(batchId), feed.watchBatch(batchId)];
  const first = unread.next();
  expect(await unread.return?.()).toEqual(END);
  expect(await first).toEqual(END);
  await nextOf(read);
  const next = read.next();
  expect(feed.subscribers).toBe(1);
  await read.return?.();
  expect(await next).toEqual(END);
  expect([feed.subscribers, feed.watchedBatches]).toEqual([0, 0]);
});

test('the end of the feed ends all who read, whatever they wait for', async () => {
  const {
    batchId,
    projectIds: [first],
  } = await insertBatch(db, 2);
  const [waiting, unread, slow] = [feed.watchBatch(batchId), feed.watchBatch(batchId), feed.watchBatch(batchId)];
  const all = feed.watchBatches();
  await Promise.all([nextOf(waiting), nextOf(slow)]);
  await setStatus(db, first, 'RENDERING');
  await nextOf(waiting);
  const asked = [waiting.next(), waiting.next(), unread.next()];
  await feed[Symbol.asyncDispose]();
  expect(await Promise.all([...asked, slow.next(), all.next()])).toEqual([END, END, END, END, END]);
  expect(await feed.watchBatch(batchId).next()).toEqual(END);
  expect(await feed.watchBatches().next()).toEqual(END);
});

test('a change of the batch itself is an event without changes', async () => {
  const { batchId } = await insertBatch(db, 1);
  const events = feed.watchBatch(batchId);
  await nextOf(events);
  await db.sql('UPDATE batches SET paused_at = now()');
  expect(await nextOf(events)).toMatchObject({
    batch: { status: 'PAUSED', version: await versionOf(db, batchId) },
    changes: [],
  });
  await events.return?.();
});
