import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Feed, openFeed } from '../../src/feed/feed.ts';
import { createTestDatabase, type TestDatabase, testBackend } from '../helpers/database.ts';
import {
  changesOf,
  countOf,
  historyOf,
  insertBatch,
  NEVER_MS,
  nextOf,
  readTo,
  restOf,
  setStatus,
  type Tampered,
  tamper,
  versionOf,
} from './helpers.ts';

let db: TestDatabase;
let tampered: Tampered;
let feed: Feed;
const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };

beforeEach(async () => {
  vi.clearAllMocks();
  db = await createTestDatabase();
  tampered = tamper(db.database);
  feed = await openFeed({ database: tampered.database, pollMs: NEVER_MS, log });
});

afterEach(async () => {
  await feed[Symbol.asyncDispose]();
  await db[Symbol.asyncDispose]();
});

/** Has every read fail until the result is called. */
function takeAway(): () => void {
  tampered.beforeRead = () => {
    throw new Error('away');
  };
  return () => {
    tampered.beforeRead = () => {};
  };
}

test('what changes while nothing is heard is read once the feed hears again, and only what changed', async () => {
  const [one, other] = [await insertBatch(db, 3), await insertBatch(db, 3)];
  const [changed, unchanged] = [feed.watchBatch(one.batchId), feed.watchBatch(other.batchId)];
  await Promise.all([nextOf(changed), nextOf(unchanged)]);
  tampered.isDeaf = true;
  for (const id of one.projectIds) {
    await setStatus(db, id, 'RENDERING');
  }
  tampered.reads.length = 0;
  await tampered.hearAgain();
  expect((await nextOf(changed)).changes).toHaveLength(3);
  expect(countOf(tampered.reads, 'read_since')).toBe(1);
  await Promise.all([changed.return?.(), unchanged.return?.()]);
});

test('a batch that is deleted while nothing is heard ends all the same', async () => {
  const { batchId } = await insertBatch(db, 1);
  const events = feed.watchBatch(batchId);
  await nextOf(events);
  tampered.isDeaf = true;
  await db.sql('DELETE FROM batches');
  await tampered.hearAgain();
  await expect(events.next()).rejects.toMatchObject({ code: 'BATCH_NOT_FOUND' });
});

if (testBackend === 'postgres') {
  test('what changes while the connection that listens is killed is not lost', async () => {
    const { batchId, projectIds } = await insertBatch(db, 5);
    const events = feed.watchBatch(batchId);
    const all = feed.watchBatches();
    const {
      batch: { version },
    } = await nextOf(events);
    for (const [index, id] of projectIds.entries()) {
      const killed = await db.sql(`SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE 'LISTEN%'`);
      expect(killed).toHaveLength(1);
      await setStatus(db, id, 'RENDERING');
      expect(changesOf(await readTo(events, version + 1 + index))).toEqual(
        await historyOf(db, batchId, version + index),
      );
      expect((await nextOf(all)).version).toBe(version + 1 + index);
    }
    await Promise.all([events.return?.(), all.return?.()]);
  });
}

test('the poll finds what no notification told, with one query for all that is watched', async () => {
  await feed[Symbol.asyncDispose]();
  feed = await openFeed({ database: tampered.database, pollMs: 20, log });
  const batches = [await insertBatch(db, 1), await insertBatch(db, 1), await insertBatch(db, 1)];
  const watched = batches.map(({ batchId }) => feed.watchBatch(batchId));
  await Promise.all(watched.map((events) => nextOf(events)));
  tampered.isDeaf = true;
  await db.sql(`UPDATE projects SET status = 'RENDERING'`);
  const updates = await Promise.all(watched.map((events) => nextOf(events)));
  expect(updates.map(({ changes }) => changes.length)).toEqual([1, 1, 1]);
  tampered.reads.length = 0;
  await expect.poll(() => countOf(tampered.reads, 'Batch.findMany')).toBeGreaterThan(1);
  expect(new Set(tampered.reads)).toEqual(new Set(['Batch.findMany']));
  await Promise.all(watched.map((events) => events.return?.()));
});

test('reads that fail are tried again, said once, and nothing is lost', async () => {
  const { batchId, projectIds } = await insertBatch(db, 4);
  const events = feed.watchBatch(batchId);
  await nextOf(events);
  const bringBack = takeAway();
  tampered.reads.length = 0;
  for (const id of projectIds.slice(1)) {
    await setStatus(db, id, 'COMPLETED');
  }
  await expect.poll(() => tampered.reads.length).toBeGreaterThan(2);
  expect(log.warn).toHaveBeenCalledExactlyOnceWith(expect.anything(), expect.stringContaining('away'));
  bringBack();
  await setStatus(db, projectIds[0], 'COMPLETED');
  expect(changesOf(await restOf(events))).toEqual(await historyOf(db, batchId));
  await expect.poll(() => log.info).toHaveBeenCalledExactlyOnceWith(expect.anything(), 'the feed reads again');
  expect(log.warn).toHaveBeenCalledOnce();
});

test('whoever comes while the database is away gets the error, and those before wait', async () => {
  const {
    batchId,
    projectIds: [first],
  } = await insertBatch(db, 2);
  const early = feed.watchBatch(batchId);
  await nextOf(early);
  const waiting = nextOf(early);
  const bringBack = takeAway();
  const late = feed.watchBatch(batchId);
  await expect(late.next()).rejects.toThrow('away');
  expect(await late.next()).toEqual({ done: true, value: undefined });
  const alone = feed.watchBatch((await insertBatch(db, 1)).batchId);
  await expect(alone.next()).rejects.toThrow('away');
  expect([feed.subscribers, feed.watchedBatches]).toEqual([1, 1]);
  bringBack();
  await setStatus(db, first, 'RENDERING');
  expect((await waiting).changes).toHaveLength(1);
  await early.return?.();
});

test('whoever resumes while the database is away gets the error, too', async () => {
  const {
    batchId,
    projectIds: [first],
  } = await insertBatch(db, 2);
  await setStatus(db, first, 'RENDERING');
  const early = feed.watchBatch(batchId);
  await nextOf(early);
  tampered.beforeRead = (name) => {
    if (name === 'read_since') {
      throw new Error('away');
    }
  };
  await expect(feed.watchBatch(batchId, 2).next()).rejects.toThrow('away');
  tampered.beforeRead = () => {};
  const events = feed.watchBatch(batchId, 2);
  expect((await nextOf(events)).changes).toHaveLength(1);
  await Promise.all([early.return?.(), events.return?.()]);
});

test('a check that fails after a gap is tried again', async () => {
  const {
    batchId,
    projectIds: [first],
  } = await insertBatch(db, 1);
  const [events, all] = [feed.watchBatch(batchId), feed.watchBatches()];
  await nextOf(events);
  tampered.isDeaf = true;
  await setStatus(db, first, 'RENDERING');
  const version = await versionOf(db, batchId);
  const bringBack = takeAway();
  tampered.reads.length = 0;
  await tampered.hearAgain();
  await expect.poll(() => tampered.reads.length).toBeGreaterThan(1);
  bringBack();
  expect((await nextOf(events)).batch.version).toBe(version);
  expect(await nextOf(all)).toMatchObject({ id: batchId, version });
  await Promise.all([events.return?.(), all.return?.()]);
});

test('a hint of a version that there is not is read once, and forgotten', async () => {
  const {
    batchId,
    projectIds: [first],
  } = await insertBatch(db, 1);
  const events = feed.watchBatch(batchId);
  await nextOf(events);
  tampered.reads.length = 0;
  await db.sql(`SELECT pg_notify('showrunner_batches', $1)`, [`${batchId} 1000000`]);
  await db.sql(`SELECT pg_notify('showrunner_batches', 'nonsense')`);
  await expect.poll(() => tampered.reads.length).toBe(1);
  await setStatus(db, first, 'RENDERING');
  expect((await nextOf(events)).changes).toHaveLength(1);
  expect(tampered.reads).toEqual(['read_since', 'read_since']);
  await events.return?.();
});

test('a database that is set back is a reset', async () => {
  const {
    batchId,
    projectIds: [first],
  } = await insertBatch(db, 1);
  const events = feed.watchBatch(batchId);
  await setStatus(db, first, 'RENDERING');
  await nextOf(events);
  tampered.isDeaf = true;
  await db.sql(`UPDATE batches SET version = 2`);
  await tampered.hearAgain();
  expect(await nextOf(events)).toMatchObject({ batch: { version: 2 }, reset: true });
  await events.return?.();
});
