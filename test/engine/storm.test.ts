import { expect, test } from 'vitest';
import { cancelBatch } from '../../src/batches/cancel.ts';
import { createBatch } from '../../src/batches/create.ts';
import { EVERYBODYS } from '../../src/batches/owner.ts';
import { pauseBatch } from '../../src/batches/pause.ts';
import { resumeBatch } from '../../src/batches/resume.ts';
import { retryBatch } from '../../src/batches/retry.ts';
import { SqlState, sqlStateOf } from '../../src/database/sqlstate.ts';
import { DomainError } from '../../src/errors.ts';
import { openFeed } from '../../src/feed/feed.ts';
import { Subscriber } from '../batches/subscriber.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import { driftOf } from '../helpers/drift.ts';
import { batchInput, openTestQueue, scriptedStudio, startTestEngine, testLimits } from '../helpers/engine.ts';
import { seeded } from '../helpers/seeded.ts';
import { batchEnded } from '../helpers/wait.ts';

const CLIENTS = 10;
const ENGINES = 4;
const BATCHES = 3;
const PROJECTS = 8;
/** Rounds of each client; STORM_ROUNDS=200 makes 2,000 in all. */
const ROUNDS = Number(process.env['STORM_ROUNDS'] ?? 10);

/** A writer who knows no order of locks, and has to bear a deadlock now and then. */
async function writePlainly(db: TestDatabase, position: number, fraction: number): Promise<void> {
  const text = 'UPDATE projects SET fraction = $2 WHERE position = $1';
  await db.sql(text, [position, fraction]).catch((error: unknown) => {
    expect(sqlStateOf(error)).toBe(SqlState.deadlockDetected);
  });
}

test('ten clients who pause, resume, cancel and retry at once under four engines break nothing', {
  timeout: 60_000 + ROUNDS * 1_500,
}, async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const random = seeded(20_261_123);
  const studio = scriptedStudio(async () => {
    if (random() < 0.05) {
      throw new Error('now and then');
    }
  });
  await using stack = new AsyncDisposableStack();
  for (let count = 0; count < ENGINES; count++) {
    const database = stack.use(await db.openAnother());
    const ownQueue = stack.use(await openTestQueue(database));
    stack.use(await startTestEngine(database, ownQueue, studio, { concurrency: 3, backoffMs: 5 }));
  }
  const ids = await Promise.all(
    Array.from(
      { length: BATCHES },
      async () => (await createBatch(db.database, queue, testLimits, batchInput(PROJECTS))).batch.id,
    ),
  );
  const feed = stack.use(await openFeed({ database: db.database }));
  const subscribers = await Promise.all(
    ids.map(async (id) => {
      const { version } = await db.database.prisma.batch.findUniqueOrThrow({ where: { id } });
      return new Subscriber(feed, db, id, version);
    }),
  );
  let isOver = false;
  const watching = Promise.all(
    subscribers.map(async (subscriber) => {
      while (!isOver) {
        await subscriber.readNewest();
        // PGlite answers within this very turn: everybody else would wait for ever.
        await new Promise(setImmediate);
        if (random() < 0.3) {
          await subscriber.reconnect();
        }
      }
    }),
  );
  stack.defer(async () => {
    isOver = true;
    await watching;
  });
  const controls = [pauseBatch, resumeBatch, cancelBatch, retryBatch];
  const surprises: unknown[] = [];
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      for (let round = 0; round < ROUNDS; round++) {
        if (client === 0) {
          await writePlainly(db, Math.floor(random() * PROJECTS), random());
        }
        const control = controls[Math.floor(random() * controls.length)] ?? retryBatch;
        const id = ids[Math.floor(random() * ids.length)] ?? '';
        await control(db.database, queue, id, EVERYBODYS).catch((error: unknown) => {
          // A control that the state does not allow is an answer; a deadlock that comes through is not.
          if (!(error instanceof DomainError)) {
            surprises.push(error);
          }
        });
      }
    }),
  );
  expect(surprises).toEqual([]);
  expect(await driftOf(db.sql)).toEqual([]);

  for (const id of ids) {
    await cancelBatch(db.database, queue, id, EVERYBODYS).catch(() => {});
    await batchEnded(db.database, id);
    await retryBatch(db.database, queue, id, EVERYBODYS);
    // Nothing is left over. Where all were past their last step when the cancel came, there was
    // nothing to retry, and the batch stays CANCELLED.
    const { completedProjects, failedProjects } = await batchEnded(db.database, id);
    expect(completedProjects + failedProjects).toBe(PROJECTS);
  }
  expect(await driftOf(db.sql)).toEqual([]);
  const [history] = await db.sql(`SELECT count(*)::int AS gaps FROM projects p WHERE p.status <> (
      SELECT e.to_status FROM batch_events e WHERE e.project_id = p.id ORDER BY e.version DESC, e.ordinal DESC LIMIT 1)`);
  expect(history).toEqual({ gaps: 0 });

  isOver = true;
  await watching;
  for (const subscriber of subscribers) {
    await subscriber.catchUp();
    await subscriber.expectAllSeenOnce();
    await subscriber.close();
  }
  await expect.poll(() => db.sql('SELECT id FROM pgboss.job'), { timeout: 20_000 }).toEqual([]);
});
