import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/database/database.ts';
import type { BatchUpdate } from '../../src/feed/feed.ts';
import type { TestDatabase } from '../helpers/database.ts';

/** Puts a batch of waiting projects into the database, as any writer could; gives the ids. */
export async function insertBatch(
  { sql }: Pick<TestDatabase, 'sql'>,
  projects: number,
): Promise<{ batchId: string; projectIds: string[] }> {
  const batchId = randomUUID();
  await sql(`INSERT INTO batches (id, name, gemini_model) VALUES ($1, 'batch', 'gemini-1.5-flash')`, [batchId]);
  const rows = await sql(
    `INSERT INTO projects (id, batch_id, position, name, content, gemini_model)
     SELECT gen_random_uuid(), $1, n - 1, 'project ' || n, repeat('x', 500), 'gemini-1.5-flash'
     FROM generate_series(1, $2::int) AS n RETURNING id, position`,
    [batchId, projects],
  );
  const inOrder = rows.sort((a, b) => Number(a['position']) - Number(b['position']));
  return { batchId, projectIds: inOrder.map(({ id }) => String(id)) };
}

/** Gives a project a status; a fraction, where one is given, too. */
export async function setStatus(
  { sql }: Pick<TestDatabase, 'sql'>,
  projectId: string | undefined,
  status: string,
  fraction = 0,
): Promise<void> {
  await sql('UPDATE projects SET status = $2::project_status, fraction = $3 WHERE id = $1', [projectId, status, fraction]);
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
  return Array.fromAsync(events);
}

/** Reads on until the batch is at a version; gives the events that this took. */
export async function readTo(events: AsyncIterator<BatchUpdate, unknown>, version: number): Promise<BatchUpdate[]> {
  const updates: BatchUpdate[] = [];
  while ((updates.at(-1)?.batch.version ?? 0) < version) {
    updates.push(await nextOf(events));
  }
  return updates;
}

/** The changes of some events, in a form that is easy to compare. */
export function changesOf(updates: readonly BatchUpdate[]): string[] {
  return updates.flatMap(({ changes }) => changes.map(({ version, project, from, to }) => `${version} ${project.position} ${from} ${to}`));
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

/** What a test may do to the reads of a feed. */
export interface Reads {
  database: Database;
  /** Reads so far, as `model.operation` or `$queryRaw`. */
  log: string[];
  /** Called before each read, with its name; it may wait or throw. */
  before: (name: string) => Promise<void> | void;
}

/** A database whose reads through Prisma are counted, and may be held up or made to fail. */
export function countReads(database: Database): Reads {
  const reads: Reads = { database, log: [], before: () => {} };
  const prisma = database.prisma.$extends({
    query: {
      async $allOperations({ model, operation, args, query }) {
        const name = model === undefined ? operation : `${model}.${operation}`;
        reads.log.push(name);
        await reads.before(name);
        return query(args);
      },
    },
  });
  // An extended client has all that the feed uses of a plain one; Prisma's types do not say so.
  const client: unknown = prisma;
  reads.database = new Proxy(database, {
    get(target, key) {
      if (key === 'prisma') {
        return client;
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return reads;
}
