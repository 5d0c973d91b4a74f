import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BatchNotFound } from '../../src/errors.ts';
import { type Feed, openFeed } from '../../src/feed/feed.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import { insertBatch, NEVER_MS, nextOf, setStatus, settle, type Tampered, tamper } from './helpers.ts';

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
  expect(feed.subscribers).toBe(0);
  await db[Symbol.asyncDispose]();
});

const END = { done: true, value: undefined };

test("who watches one owner's batches sees those alone, and who watches everybody's sees all", async () => {
  const [hers, his] = [await insertBatch(db, 1, 'ada'), await insertBatch(db, 1, 'bob')];
  const [ada, bob, all] = [feed.watchBatches('ada'), feed.watchBatches('bob'), feed.watchBatches()];
  await setStatus(db, his.projectIds[0], 'RENDERING');
  await setStatus(db, hers.projectIds[0], 'RENDERING');
  expect(await nextOf(ada)).toMatchObject({ id: hers.batchId, version: 3 });
  expect(await nextOf(bob)).toMatchObject({ id: his.batchId, version: 3 });
  expect([(await nextOf(all)).id, (await nextOf(all)).id].sort()).toEqual([hers.batchId, his.batchId].sort());
  const made = await insertBatch(db, 1, 'ada');
  await setStatus(db, his.projectIds[0], 'COMPLETED');
  expect(await nextOf(bob)).toMatchObject({ id: his.batchId, status: 'COMPLETED' });
  expect(await nextOf(ada)).toMatchObject({ id: made.batchId });
  await Promise.all([ada.return?.(), bob.return?.(), all.return?.()]);
});

test("another's batch is BATCH_NOT_FOUND, as one that does not exist, before it is watched and while it is", async () => {
  const { batchId } = await insertBatch(db, 1, 'ada');
  const readsOf = async (id: string, after?: number) => {
    tampered.reads.length = 0;
    const events = feed.watchBatch(id, after, 'bob');
    await expect(events.next()).rejects.toThrow(new BatchNotFound(id));
    expect(await events.next()).toEqual(END);
    return [...tampered.reads];
  };
  const all = async () => [
    await readsOf(batchId),
    await readsOf(batchId, 1),
    await readsOf(randomUUID()),
    await readsOf(randomUUID(), 1),
  ];
  const one = ['Batch.findMany'];
  expect(await all()).toEqual([one, one, one, one]);
  const watched = feed.watchBatch(batchId, undefined, 'ada');
  await nextOf(watched);
  expect(await all()).toEqual([one, one, one, one]);
  expect(feed.watchedBatches).toBe(1);
  await watched.return?.();
});

test("one's own batch is watched to its end, from the beginning or from a version on", async () => {
  const { batchId, projectIds } = await insertBatch(db, 1, 'ada');
  const events = feed.watchBatch(batchId, undefined, 'ada');
  const resumed = feed.watchBatch(batchId.toUpperCase(), 1, 'ada');
  expect(await nextOf(events)).toMatchObject({ batch: { id: batchId, version: 2 }, changes: [] });
  expect(await nextOf(resumed)).toMatchObject({ batch: { version: 2 }, reset: false });
  await setStatus(db, projectIds[0], 'COMPLETED');
  for (const stream of [events, resumed]) {
    expect(await nextOf(stream)).toMatchObject({ batch: { status: 'COMPLETED' }, changes: [{ to: 'COMPLETED' }] });
    expect(await stream.next()).toEqual(END);
  }
});

test('whose it is costs one read for all who come at once, none once it is watched, and none for everybody', async () => {
  const { batchId } = await insertBatch(db, 1, 'ada');
  const everybody = feed.watchBatch(batchId);
  await nextOf(everybody);
  expect(tampered.reads).not.toContain('Batch.findMany');
  await everybody.return?.();

  const crowd = Array.from({ length: 200 }, () => feed.watchBatch(batchId, undefined, 'ada'));
  await Promise.all(crowd.map((events) => nextOf(events)));
  expect(tampered.reads.filter((read) => read === 'Batch.findMany')).toHaveLength(1);

  const late = feed.watchBatch(batchId, undefined, 'ada');
  await nextOf(late);
  expect(tampered.reads.filter((read) => read === 'Batch.findMany')).toHaveLength(1);
  await Promise.all([...crowd, late].map((events) => events.return?.()));
});

test('where it cannot be read whose a batch is, next() rejects with the reason', async () => {
  const { batchId } = await insertBatch(db, 1, 'ada');
  tampered.beforeRead = (name) => {
    if (name === 'Batch.findMany') {
      throw new Error('away');
    }
  };
  await expect(feed.watchBatch(batchId, undefined, 'ada').next()).rejects.toThrow('away');
});

test("a batch that is deleted is gone for its owner, and no other's is told of it", async () => {
  const { batchId } = await insertBatch(db, 1, 'ada');
  const [events, other] = [feed.watchBatch(batchId, undefined, 'ada'), feed.watchBatches('bob')];
  await nextOf(events);
  await db.sql('DELETE FROM batches WHERE id = $1', [batchId]);
  await expect(events.next()).rejects.toThrow(new BatchNotFound(batchId));
  await settle(db.database);
  const { batchId: his } = await insertBatch(db, 1, 'bob');
  expect(await nextOf(other)).toMatchObject({ id: his });
  await other.return?.();
});
