import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ProjectStatus } from '../../src/database/models.ts';
import { type BatchUpdate, type Feed, openFeed } from '../../src/feed/feed.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import { seeded } from '../helpers/seeded.ts';
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
  tamper,
  versionOf,
} from './helpers.ts';

const WORKING: ProjectStatus[] = [
  'SCRIPT_GENERATING',
  'ASSETS_GENERATING',
  'RENDERING',
  'THUMBNAIL_GENERATING',
  'UPLOADING',
];

/** Moves projects at random, one statement after the other: on within a stage, or to another status. */
async function write(
  db: TestDatabase,
  projectIds: readonly string[],
  random: () => number,
  steps: number,
): Promise<void> {
  for (let step = 0; step < steps; step++) {
    const id = projectIds[Math.floor(random() * projectIds.length)];
    const status = WORKING[Math.floor(random() * WORKING.length)] ?? 'RENDERING';
    if (random() < 0.5) {
      await setStatus(db, id, status);
    } else {
      await db.sql(`UPDATE projects SET fraction = LEAST(1, fraction + $2) WHERE id = $1 AND status <> 'INITIALIZED'`, [
        id,
        random(),
      ]);
    }
  }
}

/** What one client knows, as it applies what it is sent. */
interface Client {
  updates: BatchUpdate[];
  /** By position: status and progress. */
  projects: Map<number, string>;
}

function apply({ updates, projects }: Client, update: BatchUpdate): void {
  updates.push(update);
  for (const row of [...update.changes.map(({ project }) => project), ...update.progressed]) {
    projects.set(row.position, `${row.status} ${row.progress}`);
  }
}

/** Reads until the batch has ended; now and then stops to read, or goes away and resumes at another feed. */
async function read(feeds: readonly Feed[], batchId: string, random: () => number, client: Client): Promise<void> {
  for (let last: BatchUpdate | undefined; last?.batch.finishedAt == null; last = client.updates.at(-1)) {
    const feed = feeds[Math.floor(random() * feeds.length)] ?? expect.fail();
    const events = feed.watchBatch(batchId, last?.batch.version);
    const few = 1 + Math.floor(random() * 8);
    for (let count = 0; count < few; count++) {
      const { done, value } = await events.next();
      if (done === true) {
        break;
      }
      apply(client, value);
      for (let turns = random() < 0.3 ? Math.floor(random() * 300) : 0; turns > 0; turns--) {
        await turn();
      }
    }
    // It goes away while it waits. What had come before counts as read.
    const next = events.next();
    await events.return?.();
    const { done, value } = await next;
    if (done !== true) {
      apply(client, value);
    }
  }
}

test.each([1, 2, 3])(
  'whoever reconnects at random under concurrent writers has every change once, in order, and the true state (seed %i)',
  async (seed) => {
    await using db = await createTestDatabase();
    await using another = await db.openAnother();
    const tampered = tamper(db.database);
    await using feed = await openFeed({ database: tampered.database, pollMs: NEVER_MS });
    await using other = await openFeed({ database: another, pollMs: NEVER_MS });
    const { batchId, projectIds } = await insertBatch(db, 9);
    const start = await versionOf(db, batchId);
    const clients: Client[] = Array.from({ length: 6 }, () => ({ updates: [], projects: new Map() }));
    const reading = Promise.all(
      clients.map((client, n) => read([feed, other], batchId, seeded(100 * seed + n), client)),
    );
    // From the first event on, each is to miss nothing.
    await expect.poll(() => clients.every(({ updates }) => updates.length > 0)).toBe(true);

    const writers = [0, 3, 6].map((from) => write(db, projectIds.slice(from, from + 3), seeded(seed + from), 60));
    const [first] = writers;
    await Promise.all([
      ...writers,
      (async () => {
        tampered.isDeaf = true;
        await first;
        await tampered.hearAgain();
      })(),
    ]);
    await db.sql(`UPDATE projects SET status = 'FAILED', error_message = 'test' WHERE position % 2 = 0`);
    await db.sql(`UPDATE projects SET status = 'COMPLETED' WHERE position % 2 = 1`);
    await reading;

    const history = await historyOf(db, batchId, start);
    const state = await db.sql(`SELECT position, status || ' ' || progress AS state FROM projects ORDER BY position`);
    for (const { updates, projects } of clients) {
      expect(changesOf(updates)).toEqual(history);
      expect(updates.filter(({ reset }) => reset)).toEqual([]);
      const versions = updates.map(({ batch }) => batch.version);
      expect(versions).toEqual(versions.toSorted((a, b) => a - b));
      expect([...projects].sort(([a], [b]) => a - b)).toEqual(state.map((row) => [row['position'], row['state']]));
    }
  },
);

test('a subscriber at rest knows how far each project is, however slowly it reads', async () => {
  await using db = await createTestDatabase();
  await using feed = await openFeed({ database: db.database, pollMs: NEVER_MS });
  const { batchId, projectIds } = await insertBatch(db, 6);
  const client: Client = { updates: [], projects: new Map() };
  const events = feed.watchBatch(batchId);
  await nextOf(events);
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    await write(db, projectIds, seeded(seed), 20);
    const version = await versionOf(db, batchId);
    for (const update of await readTo(events, version)) {
      apply(client, update);
      expect(new Set(update.progressed.map(({ id }) => id)).size).toBe(update.progressed.length);
    }
    const state = await db.sql(
      `SELECT position, status || ' ' || progress AS state FROM projects WHERE status <> 'INITIALIZED' ORDER BY position`,
    );
    expect([...client.projects].sort(([a], [b]) => a - b)).toEqual(state.map((row) => [row['position'], row['state']]));
  }
  await events.return?.();
});

test('whoever resumes is sent the changes since then, and how far the projects are that run', async () => {
  await using db = await createTestDatabase();
  await using feed = await openFeed({ database: db.database, pollMs: NEVER_MS });
  const {
    batchId,
    projectIds: [first, second],
  } = await insertBatch(db, 3);
  await setStatus(db, first, 'RENDERING');
  const after = await versionOf(db, batchId);
  await setStatus(db, second, 'RENDERING');
  await setStatus(db, first, 'RENDERING', 0.5);
  const events = feed.watchBatch(batchId, after);
  expect(await nextOf(events)).toMatchObject({
    batch: { version: after + 2 },
    changes: [{ version: after + 1, project: { id: second }, to: 'RENDERING' }],
    progressed: [{ id: first, progress: 80 }],
    reset: false,
  });
  const upToDate = feed.watchBatch(batchId, after + 2);
  expect(await nextOf(upToDate)).toMatchObject({ changes: [], progressed: [], reset: false });
  await Promise.all([events.return?.(), upToDate.return?.()]);
});

test('a version that history does not reach, or that there has not been, is a reset', async () => {
  await using db = await createTestDatabase();
  await using feed = await openFeed({ database: db.database, pollMs: NEVER_MS, mailboxChanges: 5 });
  const { batchId, projectIds } = await insertBatch(db, 10);
  for (const id of projectIds) {
    await setStatus(db, id, 'RENDERING');
  }
  await db.sql('UPDATE batches SET history_from = 9');
  // Alone, and then beside a subscriber whose stream has begun.
  for (const beside of [undefined, feed.watchBatch(batchId)]) {
    await beside?.next();
    for (const after of [8, 6, 0, 13, 2 ** 40, -1, Number.NaN, 1.5]) {
      const events = feed.watchBatch(batchId, after);
      expect(await nextOf(events), `after ${after}`).toMatchObject({
        batch: { version: 12 },
        reset: true,
        changes: [],
        progressed: [],
      });
      await events.return?.();
    }
    for (const after of [9, 10, 11]) {
      const events = feed.watchBatch(batchId, after);
      const update = await nextOf(events);
      expect([after, update.reset, update.changes.length]).toEqual([after, false, 12 - after]);
      await events.return?.();
    }
    await beside?.return?.();
  }
});

test('too many changes to resume are a reset', async () => {
  await using db = await createTestDatabase();
  await using feed = await openFeed({ database: db.database, pollMs: NEVER_MS, mailboxChanges: 5 });
  const { batchId, projectIds } = await insertBatch(db, 10);
  for (const id of projectIds) {
    await setStatus(db, id, 'RENDERING');
  }
  const held = feed.watchBatch(batchId);
  await nextOf(held);
  const resumed = [6, 7, 2, 8, 3].map((after) => feed.watchBatch(batchId, after));
  const updates = await Promise.all(resumed.map((events) => nextOf(events)));
  expect(updates.map(({ reset, changes }) => [reset, changes.length])).toEqual([
    [true, 0],
    [false, 5],
    [true, 0],
    [false, 4],
    [true, 0],
  ]);
  await Promise.all([held, ...resumed].map((events) => events.return?.()));
});

test('a batch that ended while nobody watched is resumed to its end', async () => {
  await using db = await createTestDatabase();
  await using feed = await openFeed({ database: db.database, pollMs: NEVER_MS });
  const { batchId } = await insertBatch(db, 4);
  await db.sql(`UPDATE projects SET status = 'RENDERING'`);
  await db.sql(`UPDATE projects SET status = 'COMPLETED'`);
  const all = await Promise.all([1, 2, 3, 4].map((after) => restOf(feed.watchBatch(batchId, after))));
  expect(all.map((updates) => changesOf(updates).length)).toEqual([8, 8, 4, 0]);
  expect(all.every((updates) => updates.length === 1)).toBe(true);
  expect(feed.watchedBatches).toBe(0);
});

test('hundreds who resume at once, each from a version of its own, take a handful of reads', async () => {
  await using db = await createTestDatabase();
  const { database, reads } = tamper(db.database);
  await using feed = await openFeed({ database, pollMs: NEVER_MS });
  const { batchId, projectIds } = await insertBatch(db, 100);
  for (const status of ['SCRIPT_GENERATING', 'SCRIPT_GENERATED', 'RENDERING']) {
    for (const id of projectIds) {
      await setStatus(db, id, status);
    }
  }
  const history = await historyOf(db, batchId);
  const resumed = Array.from({ length: 300 }, (_, n) => feed.watchBatch(batchId, 301 - n));
  const updates = await Promise.all(resumed.map((events) => nextOf(events)));
  for (const [n, update] of updates.entries()) {
    expect(changesOf([update])).toEqual(history.slice(299 - n));
  }
  expect(countOf(reads, 'read_since')).toBeLessThan(15);
  await Promise.all(resumed.map((events) => events.return?.()));
});
