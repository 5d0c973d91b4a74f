import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/database/database.ts';
import type { BatchUpdate } from '../../src/feed/feed.ts';
import type { TestDatabase } from '../helpers/database.ts';

/** Waits until every notification of what is committed by now has been heard. */
export async function settle(database: Database): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const mark = randomUUID();
  const hear = (payload: string) => void (payload === mark && resolve());
  await using _heard = await database.listen('showrunner_batches', hear, () => {});
  await database.prisma.$queryRaw`SELECT pg_notify('showrunner_batches', ${mark})::text`;
  await promise;
}

/** Puts a batch of waiting projects into the database, as any writer could; gives the ids. */
export async function insertBatch(
  { sql, database }: Pick<TestDatabase, 'sql' | 'database'>,
  projects: number,
  owner = '',
): Promise<{ batchId: string; projectIds: string[] }> {
  const batchId = randomUUID();
  await sql(`INSERT INTO batches (id, owner, name, gemini_model) VALUES ($1, $2, 'batch', 'gemini-1.5-flash')`, [
    batchId,
    owner,
  ]);
  const rows = await sql(
    `INSERT INTO projects (id, batch_id, position, name, content, gemini_model)
     SELECT gen_random_uuid(), $1, n - 1, 'project ' || n, repeat('x', 500), 'gemini-1.5-flash'
     FROM generate_series(1, $2::int) AS n RETURNING id, position`,
    [batchId, projects],
  );
  // A notification of this must not be taken for one of what follows.
  await settle(database);
  const inOrder = rows.sort((a, b) => Number(a['position']) - Number(b['position']));
  return { batchId, projectIds: inOrder.map(({ id }) => String(id)) };
}

/** The version of a batch. */
export async function versionOf({ sql }: Pick<TestDatabase, 'sql'>, batchId: string): Promise<number> {
  const [row] = await sql('SELECT version FROM batches WHERE id = $1', [batchId]);
  return Number(row?.['version']);
}

/** Gives a project a status; a fraction, where one is given, too. */
export async function setStatus(
  { sql }: Pick<TestDatabase, 'sql'>,
  projectId: string | undefined,
  status: string,
  fraction = 0,
): Promise<void> {
  await sql('UPDATE projects SET status = $2::project_status, fraction = $3 WHERE id = $1', [
    projectId,
    status,
    fraction,
  ]);
}

/** The next event. Throws where the iteration ends instead. */
export async function nextOf<T>(events: AsyncIterator<T, unknown>): Promise<T> {
  const result = await events.next();
  if (result.done === true) {
    throw new Error('the iteration has ended');
  }
  return result.value;
}

/** Everything up to the end. */
export async function restOf<T>(events: AsyncIterable<T>): Promise<T[]> {
  const rest: T[] = [];
  for await (const event of events) {
    rest.push(event);
  }
  return rest;
}

/** Reads on until the batch is at a version; gives the events that this took. */
export async function readTo(events: AsyncIterator<BatchUpdate, unknown>, version: number): Promise<BatchUpdate[]> {
  const updates = [await nextOf(events)];
  while ((updates.at(-1)?.batch.version ?? 0) < version) {
    updates.push(await nextOf(events));
  }
  return updates;
}

/** The changes of some events, in a form that is easy to compare. */
export function changesOf(updates: readonly BatchUpdate[]): string[] {
  return updates.flatMap(({ changes }) =>
    changes.map(({ version, project, from, to }) => `${version} ${project.position} ${from} ${to}`),
  );
}

/** The same in the form of changesOf, from the database itself. */
export async function historyOf({ sql }: Pick<TestDatabase, 'sql'>, batchId: string, after = 0): Promise<string[]> {
  const rows = await sql(
    `SELECT format('%s %s %s %s', e.version, p.position, e.from_status, e.to_status) AS change
     FROM batch_events e JOIN projects p ON p.id = e.project_id
     WHERE e.batch_id = $1 AND e.version > $2 ORDER BY e.version, e.ordinal`,
    [batchId, after],
  );
  return rows.map(({ change }) => String(change));
}

/** What a test may do to the database of a feed. */
export interface Tampered {
  database: Database;
  /** Reads so far, as `model.operation`, `$queryRaw`, or by the name of the statement. */
  reads: string[];
  /** Reads that have not ended. */
  underWay: number;
  /** Called before each read with its name; it may wait or throw. */
  beforeRead: (name: string) => Promise<void> | void;
  /** Called after each read with its name, before its result is given. */
  afterRead: (name: string) => Promise<void> | void;
  /** Whether notifications are lost. */
  isDeaf: boolean;
  /** Hears again, as after a lost connection. */
  hearAgain: () => Promise<void>;
}

/** A database whose reads are counted and may be held up or fail, and whose notifications may be lost. */
export function tamper(database: Database): Tampered {
  let onGapOfFeed = () => {};
  const read = async <Result>(name: string, run: () => Promise<Result>): Promise<Result> => {
    tampered.reads.push(name);
    tampered.underWay++;
    try {
      await tampered.beforeRead(name);
      const result = await run();
      await tampered.afterRead(name);
      return result;
    } finally {
      tampered.underWay--;
    }
  };
  const prisma: unknown = database.prisma.$extends({
    query: {
      $allOperations: ({ model, operation, args, query }) =>
        read(model === undefined ? operation : `${model}.${operation}`, () => query(args)),
    },
  });
  const query: Database['query'] = (statement, values) =>
    read(statement.name ?? '', () => database.query(statement, values));
  const listen: Database['listen'] = (channel, onNotification, onGap) => {
    onGapOfFeed = onGap;
    return database.listen(channel, (payload) => void (tampered.isDeaf || onNotification(payload)), onGap);
  };
  const tampered: Tampered = {
    database: new Proxy(database, {
      get: (target, key) => ({ prisma, query, listen })[String(key)] ?? Reflect.get(target, key, target),
    }),
    reads: [],
    underWay: 0,
    beforeRead: () => {},
    afterRead: () => {},
    isDeaf: false,
    async hearAgain() {
      await settle(database);
      tampered.isDeaf = false;
      onGapOfFeed();
    },
  };
  return tampered;
}

/** Settles once another who listens has heard of a version. */
export async function heardVersion({ database }: TestDatabase, version: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const hear = (payload: string) => {
    if (Number(payload.split(' ')[1]) >= version) {
      resolve();
    }
  };
  await using _heard = await database.listen('showrunner_batches', hear, () => {});
  await promise;
}

/** An hour: nothing is found by polling. */
export const NEVER_MS = 3_600_000;

/** How often something was read. */
export function countOf(reads: readonly string[], name: string): number {
  return reads.filter((read) => read === name).length;
}
