import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Batch } from '../../src/database/models.ts';
import { type Feed, openFeed } from '../../src/feed/feed.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import { countOf, insertBatch, NEVER_MS, nextOf, setStatus, type Tampered, tamper } from './helpers.ts';

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

/** Reads until every batch is at its version; gives all events. */
async function readUntil(events: AsyncIterator<Batch, unknown>, versions: Map<string, number>): Promise<Batch[]> {
  const batches: Batch[] = [];
  const open = new Map(versions);
  while (open.size > 0) {
    const batch = await nextOf(events);
    batches.push(batch);
    if (batch.version >= (open.get(batch.id) ?? Number.POSITIVE_INFINITY)) {
      open.delete(batch.id);
    }
  }
  return batches;
}

async function versions(): Promise<Map<string, number>> {
  const rows = await db.sql('SELECT id, version FROM batches');
  return new Map(rows.map(({ id, version }) => [String(id), Number(version)]));
}

test('every batch is seen as it changes, from the call on, and never ends', async () => {
  const old = await insertBatch(db, 1);
  const events = feed.watchBatches();
  await setStatus(db, old.projectIds[0], 'COMPLETED');
  expect(await nextOf(events)).toMatchObject({ id: old.batchId, status: 'COMPLETED' });
  const made = await insertBatch(db, 1);
  await readUntil(events, new Map([[made.batchId, 2]]));
  await setStatus(db, old.projectIds[0], 'INITIALIZED');
  expect(await nextOf(events)).toMatchObject({ id: old.batchId, finishedAt: null });
  await events.return?.();
});

test('a slow reader gets the newest state of each batch, once', async () => {
  const batches = [await insertBatch(db, 1), await insertBatch(db, 1), await insertBatch(db, 1)];
  const [slow, quick] = [feed.watchBatches(), feed.watchBatches()];
  for (const status of ['SCRIPT_GENERATING', 'RENDERING', 'UPLOADING']) {
    for (const {
      projectIds: [only],
    } of batches) {
      await setStatus(db, only, status);
    }
  }
  await readUntil(quick, await versions());
  const seen = [await nextOf(slow), await nextOf(slow), await nextOf(slow)];
  expect(new Map(seen.map(({ id, version }) => [id, version]))).toEqual(await versions());
  const next = slow.next();
  await Promise.all([slow.return?.(), quick.return?.()]);
  expect(await next).toEqual({ done: true, value: undefined });
});

test('thousands of batches survive a reader that does not read, and take few reads', async () => {
  const [slow, quick] = [feed.watchBatches(), feed.watchBatches()];
  await db.sql(
    `INSERT INTO batches (id, name, gemini_model) SELECT gen_random_uuid(), 'batch', 'gemini-1.5-flash' FROM generate_series(1, 3000)`,
  );
  await db.sql(`UPDATE batches SET paused_at = now()`);
  const expected = await versions();
  await readUntil(quick, expected);
  const seen: Batch[] = [];
  while (seen.length < 3000) {
    seen.push(await nextOf(slow));
  }
  expect(new Map(seen.map(({ id, version }) => [id, version]))).toEqual(expected);
  expect(countOf(tampered.reads, 'find_batches id')).toBeLessThan(30);
  await Promise.all([slow.return?.(), quick.return?.()]);
});

test('many who watch share each read, and each state', async () => {
  const {
    projectIds: [only],
  } = await insertBatch(db, 1);
  const watchers = Array.from({ length: 200 }, () => feed.watchBatches());
  const next = Promise.all(watchers.map((events) => nextOf(events)));
  await setStatus(db, only, 'RENDERING');
  expect(new Set(await next).size).toBe(1);
  expect(countOf(tampered.reads, 'find_batches id')).toBe(1);
  expect(feed.subscribers).toBe(200);
  await Promise.all(watchers.map((events) => events.return?.()));
});

test('whatever changed while nothing was heard is found, and what did not is not repeated', async () => {
  const [waiting, changed, ended, deleted, told] = [
    await insertBatch(db, 1),
    await insertBatch(db, 1),
    await insertBatch(db, 1),
    await insertBatch(db, 1),
    await insertBatch(db, 1),
  ];
  const events = feed.watchBatches();
  await setStatus(db, told.projectIds[0], 'RENDERING');
  expect(await nextOf(events)).toMatchObject({ id: told.batchId });
  tampered.isDeaf = true;
  await setStatus(db, changed.projectIds[0], 'RENDERING');
  await setStatus(db, ended.projectIds[0], 'COMPLETED');
  await db.sql('DELETE FROM batches WHERE id = $1', [deleted.batchId]);
  const made = await insertBatch(db, 1);
  await db.sql(`UPDATE projects SET status = 'CANCELLED' WHERE batch_id = $1`, [made.batchId]);
  await tampered.hearAgain();
  const seen = await readUntil(
    events,
    new Map([
      [changed.batchId, 3],
      [ended.batchId, 3],
      [made.batchId, 3],
    ]),
  );
  const ids = seen.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).not.toContain(deleted.batchId);
  expect(ids).not.toContain(told.batchId);
  await setStatus(db, waiting.projectIds[0], 'COMPLETED');
  await readUntil(events, new Map([[waiting.batchId, 3]]));
  await events.return?.();
});

test('a change that the first check has seen, and no notification told, is found after the gap', async () => {
  const {
    batchId,
    projectIds: [only],
  } = await insertBatch(db, 1);
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  tampered.beforeRead = () => held;
  tampered.isDeaf = true;
  const events = feed.watchBatches();
  await setStatus(db, only, 'RENDERING');
  release();
  await expect.poll(() => tampered.underWay).toBe(0);
  // Also where the check after the gap fails at first.
  tampered.beforeRead = () => {
    throw new Error('away');
  };
  tampered.reads.length = 0;
  await tampered.hearAgain();
  await expect.poll(() => tampered.reads.length).toBeGreaterThan(0);
  tampered.beforeRead = () => {};
  expect(await nextOf(events)).toMatchObject({ id: batchId, version: 3 });
  await events.return?.();
});

test('a batch that was made and shown while versions were compared is not shown again', async () => {
  const events = feed.watchBatches();
  await expect.poll(() => [countOf(tampered.reads, '$queryRaw'), tampered.underWay]).toEqual([1, 0]);
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { promise: compared, resolve: onCompared } = Promise.withResolvers<void>();
  tampered.afterRead = (name) => {
    if (name === '$queryRaw') {
      onCompared();
      return held;
    }
    return undefined;
  };
  await tampered.hearAgain();
  await compared;
  const made = await insertBatch(db, 1);
  await readUntil(events, new Map([[made.batchId, 2]]));
  release();
  await expect.poll(() => tampered.underWay).toBe(0);
  await tampered.hearAgain();
  await expect.poll(() => [countOf(tampered.reads, '$queryRaw'), tampered.underWay]).toEqual([3, 0]);
  const next = await insertBatch(db, 1);
  expect(await nextOf(events)).toMatchObject({ id: next.batchId });
  await events.return?.();
});

test('the poll finds what no notification told, and repeats nothing', async () => {
  await feed[Symbol.asyncDispose]();
  feed = await openFeed({ database: tampered.database, pollMs: 20 });
  const [still, moving] = [await insertBatch(db, 1), await insertBatch(db, 1)];
  const events = feed.watchBatches();
  const checks = () => countOf(tampered.reads, '$queryRaw');
  await expect.poll(checks).toBeGreaterThan(2);
  tampered.isDeaf = true;
  await setStatus(db, moving.projectIds[0], 'RENDERING');
  expect(await nextOf(events)).toMatchObject({ id: moving.batchId, version: 3 });
  await setStatus(db, moving.projectIds[0], 'COMPLETED');
  expect(await nextOf(events)).toMatchObject({ id: moving.batchId, status: 'COMPLETED' });
  const next = nextOf(events);
  const before = checks();
  await expect.poll(checks).toBeGreaterThan(before + 2);
  await setStatus(db, still.projectIds[0], 'RENDERING');
  expect(await next).toMatchObject({ id: still.batchId });
  await events.return?.();
});

test('a batch that is gone before it is read is not shown', async () => {
  const [gone, left] = [await insertBatch(db, 1), await insertBatch(db, 1)];
  const events = feed.watchBatches();
  const quick = feed.watchBatches();
  await setStatus(db, gone.projectIds[0], 'RENDERING');
  await readUntil(quick, new Map([[gone.batchId, 3]]));
  await db.sql('DELETE FROM batches WHERE id = $1', [gone.batchId]);
  await setStatus(db, left.projectIds[0], 'RENDERING');
  await readUntil(quick, new Map([[left.batchId, 3]]));
  expect(await nextOf(events)).toMatchObject({ id: left.batchId });
  await Promise.all([events.return?.(), quick.return?.()]);
});

test('reads that fail lose nothing', async () => {
  const batches = [await insertBatch(db, 1), await insertBatch(db, 1)];
  const events = feed.watchBatches();
  tampered.beforeRead = () => {
    throw new Error('away');
  };
  await db.sql(`UPDATE projects SET status = 'RENDERING'`);
  tampered.reads.length = 0;
  await expect.poll(() => tampered.reads.length).toBeGreaterThan(2);
  tampered.beforeRead = () => {};
  const seen = [await nextOf(events), await nextOf(events)];
  expect(new Set(seen.map(({ id }) => id))).toEqual(new Set(batches.map(({ batchId }) => batchId)));
  await events.return?.();
});

test('a gap while nobody watched shows nothing to whoever comes later', async () => {
  const [, moving] = [await insertBatch(db, 1), await insertBatch(db, 1)];
  await tampered.hearAgain();
  const events = feed.watchBatches();
  await expect.poll(() => [countOf(tampered.reads, '$queryRaw'), tampered.underWay]).toEqual([1, 0]);
  await setStatus(db, moving.projectIds[0], 'RENDERING');
  expect(await nextOf(events)).toMatchObject({ id: moving.batchId });
  await events.return?.();
});

test('nothing is read while nobody watches', async () => {
  const events = feed.watchBatches();
  await events.return?.();
  await expect.poll(() => tampered.reads.length).toBeLessThanOrEqual(1);
  tampered.reads.length = 0;
  const { batchId } = await insertBatch(db, 1);
  await tampered.hearAgain();
  const one = feed.watchBatch(batchId);
  await nextOf(one);
  expect(tampered.reads).toEqual(['read_since']);
  await one.return?.();
});
