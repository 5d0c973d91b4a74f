import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Feed, openFeed } from '../../src/feed/feed.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import { countOf, heardVersion, insertBatch, NEVER_MS, nextOf, setStatus, type Tampered, tamper } from './helpers.ts';

let db: TestDatabase;
let tampered: Tampered;
let feed: Feed;

beforeEach(async () => {
  db = await createTestDatabase();
  tampered = tamper(db.database);
  feed = await openFeed({ database: tampered.database, pollMs: NEVER_MS });
});

afterEach(async () => {
  await feed[Symbol.asyncDispose]();
  await db[Symbol.asyncDispose]();
});

test('500 subscribers cost one read per batch and version, and share each update', async () => {
  const {
    batchId,
    projectIds: [first],
  } = await insertBatch(db, 2);
  const subscribers = Array.from({ length: 500 }, () => feed.watchBatch(batchId));
  const snapshots = await Promise.all(subscribers.map((events) => nextOf(events)));
  expect(new Set(snapshots).size).toBe(1);
  // One that began with the first of them, and one for all who came while it was under way.
  expect(countOf(tampered.reads, 'read_since')).toBeLessThanOrEqual(2);
  expect([feed.subscribers, feed.watchedBatches]).toEqual([500, 1]);

  tampered.reads.length = 0;
  for (const status of [
    'SCRIPT_GENERATING',
    'SCRIPT_GENERATED',
    'ASSETS_GENERATING',
    'ASSETS_GENERATED',
    'RENDERING',
  ]) {
    const next = Promise.all(subscribers.map((events) => nextOf(events)));
    await setStatus(db, first, status);
    const updates = await next;
    expect(new Set(updates).size).toBe(1);
    expect(updates[0]?.changes).toMatchObject([{ to: status }]);
  }
  expect(countOf(tampered.reads, 'read_since')).toBe(5);
  expect(tampered.reads.length).toBeLessThanOrEqual(5 * 5);
  await Promise.all(subscribers.map((events) => events.return?.()));
});

test('hints that arrive during a read fold into one more', async () => {
  const { batchId, projectIds } = await insertBatch(db, 20);
  const events = feed.watchBatch(batchId);
  await nextOf(events);
  tampered.reads.length = 0;
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { promise: reading, resolve: onReading } = Promise.withResolvers<void>();
  tampered.beforeRead = () => {
    tampered.beforeRead = () => {};
    onReading();
    return held;
  };
  await setStatus(db, projectIds[0], 'RENDERING');
  await reading;
  const heard = heardVersion(db, 22);
  for (const id of projectIds.slice(1)) {
    await setStatus(db, id, 'RENDERING');
  }
  await heard;
  release();
  let changes = 0;
  while (changes < 20) {
    changes += (await nextOf(events)).changes.length;
  }
  expect(countOf(tampered.reads, 'read_since')).toBeLessThanOrEqual(2);
  await events.return?.();
});

test('slow readers that are in step share one merged update', async () => {
  const { batchId, projectIds } = await insertBatch(db, 5);
  const slow = Array.from({ length: 50 }, () => feed.watchBatch(batchId));
  const quick = feed.watchBatch(batchId);
  await Promise.all([...slow, quick].map((events) => nextOf(events)));
  for (const id of projectIds) {
    await setStatus(db, id, 'RENDERING');
    await nextOf(quick);
  }
  const updates = await Promise.all(slow.map((events) => nextOf(events)));
  expect(new Set(updates).size).toBe(1);
  expect(updates[0]?.changes).toHaveLength(5);
  await Promise.all([...slow, quick].map((events) => events.return?.()));
});

test('a subscriber that never reads holds nobody up', async () => {
  const { batchId, projectIds } = await insertBatch(db, 5);
  const [stalled, quick] = [feed.watchBatch(batchId), feed.watchBatch(batchId)];
  await Promise.all([nextOf(stalled), nextOf(quick)]);
  for (const id of projectIds) {
    await setStatus(db, id, 'RENDERING');
    expect((await nextOf(quick)).changes).toHaveLength(1);
  }
  await Promise.all([stalled.return?.(), quick.return?.()]);
});

test('10,000 who come and go leave nothing behind', async () => {
  const {
    batchId,
    projectIds: [first],
  } = await insertBatch(db, 1);
  for (let cycle = 0; cycle < 10_000; cycle++) {
    const events = cycle % 10 === 0 ? feed.watchBatches() : feed.watchBatch(batchId, cycle % 3 === 0 ? 1 : undefined);
    const isFirstRead = cycle % 100 === 1;
    const next = cycle % 4 === 3 ? undefined : events.next();
    if (isFirstRead) {
      await next;
    }
    await events.return?.();
    await next;
  }
  expect([feed.subscribers, feed.watchedBatches]).toEqual([0, 0]);
  await expect.poll(() => tampered.underWay, { timeout: 10_000 }).toBe(0);
  tampered.reads.length = 0;
  const heard = heardVersion(db, 3);
  await setStatus(db, first, 'RENDERING');
  await heard;
  expect(tampered.reads).toEqual([]);
}, 120_000);
