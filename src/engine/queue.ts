import { type Db, PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { ProjectQueue } from '../batches/queue.ts';
import type { SqlTransaction } from '../database/access.ts';
import type { Database } from '../database/database.ts';
import type { Statement } from '../database/statement.ts';
import type { Log } from '../log.ts';
import { currentTrace, type TraceContext } from '../tracing/span.ts';

/** Notified, with an empty payload, in every transaction that makes jobs. */
export const JOBS_CHANNEL = 'showrunner_jobs';

/** A project that is due, and the trace in which it was made so: nothing where there was none. */
export interface DueJob {
  projectId: string;
  trace: TraceContext;
}

/** The queue of projects that are due. A job's id is its project's: none can exist twice. */
export interface JobQueue extends ProjectQueue, AsyncDisposable {
  /** Takes up to so many jobs, first due first. */
  fetch(limit: number): Promise<DueJob[]>;
}

/** How the queue is opened. */
export interface QueueOptions {
  database: Database;
  log: Log;
  /** Whether this process looks after jobs that were fetched and forgotten; a worker does. */
  supervise: boolean;
}

const Trace = z.record(z.string(), z.string());

const NAME = 'projects';
/** Started projects come before all that wait. Those have 0 and less. */
const STARTED_PRIORITY = 1_000_000_000;
/** From fetch to claim. A process killed in between leaves the job to be fetched again after this. */
const FETCHED_S = 5;
/** Long enough for any queue: a project waits until it is its turn. */
const RETENTION_S = 10 * 365 * 24 * 60 * 60;
/** Advisory lock under which pg-boss is started; any number that nobody else uses. */
const START_LOCK = 72_707_370;
const START_TIMEOUT_MS = 60_000;
/** A long queue is what this service is for, and nothing to warn of. */
const NEVER_TOO_LONG = 2 ** 31 - 1;

/** Opens the queue on the database, making pg-boss's tables where they are not there. */
export async function openQueue({ database, log, supervise }: QueueOptions): Promise<JobQueue> {
  const boss = new PgBoss({
    db: database.queueDatabase,
    backend: database.backend,
    schedule: false,
    supervise,
    superviseIntervalSeconds: FETCHED_S,
    monitorIntervalSeconds: FETCHED_S,
  });
  boss.on('error', (error) => log.error({ err: error }, 'queue error'));
  boss.on('warning', (warning) => log.warn({ warning }, 'queue warning'));
  await startAlone(database, boss);
  await boss.createQueue(NAME, {
    policy: 'standard',
    expireInSeconds: FETCHED_S,
    retryLimit: 1_000_000_000,
    retryDelay: 0,
    retentionSeconds: RETENTION_S,
    warningQueueSize: NEVER_TOO_LONG,
  });
  // Has pg-boss read the queue's settings now: the first insert would do so over a connection of its
  // own, and on PGlite wait for ever for the transaction that it is part of.
  await boss.insert(NAME, []);
  return {
    async fetch(limit) {
      const jobs = await boss.fetch(NAME, { batchSize: limit });
      return jobs.map(({ id, data }) => ({ projectId: id, trace: Trace.safeParse(data).data ?? {} }));
    },
    async enqueue(tx, projectIds) {
      if (projectIds.length > 0) {
        const turn = await takeTurn(tx);
        const trace = traced();
        const jobs = projectIds.map((id, rank) => ({ id, priority: turn - rank, ...trace }));
        await boss.insert(NAME, jobs, { db: bossIn(tx, insertOf), returnId: false });
      }
    },
    async enqueueStarted(tx, projectId, delayMs) {
      const startAfter = `${delayMs} milliseconds`;
      const job = { id: projectId, priority: STARTED_PRIORITY, startAfter, ...traced() };
      await boss.insert(NAME, [job], { db: bossIn(tx, insertOf), returnId: false });
      await tx.query(NOTIFY, []);
    },
    async withdraw(tx, projectIds) {
      if (projectIds.length > 0) {
        await boss.deleteJob(NAME, [...projectIds], { db: bossIn(tx) });
      }
    },
    withdrawSql: (subquery) => `DELETE FROM pgboss.job WHERE name = '${NAME}' AND id = ANY (ARRAY(${subquery}))`,
    async [Symbol.asyncDispose]() {
      await boss.stop({ graceful: false, close: false });
    },
  };
}

/** Makes pg-boss's tables where they are not there: one process at a time, as two would collide. */
async function startAlone({ backend, prisma }: Database, boss: PgBoss): Promise<void> {
  if (backend === 'pglite') {
    await boss.start();
    return;
  }
  await prisma.$transaction(
    async (tx) => {
      // It says nothing while pg-boss makes its tables, and the server would end it for that.
      await tx.$executeRaw`SET LOCAL idle_in_transaction_session_timeout = 0`;
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${START_LOCK})`;
      // Over connections of its own; this transaction only holds the lock, and no row that it needs.
      await boss.start();
    },
    { maxWait: START_TIMEOUT_MS, timeout: START_TIMEOUT_MS },
  );
}

/**
 * Start-time fair queueing: a batch's projects take turns with those of the other batches, its
 * first one beside whatever is due now, so that 5 do not wait behind 5,000, nor 5,000 behind all
 * that come later. The turn is the priority of the job that is next. Notifies the workers, too.
 */
async function takeTurn(tx: SqlTransaction): Promise<number> {
  const [row] = await tx.query<{ turn: number | null }>(TAKE_TURN, []);
  return row?.turn ?? 0;
}

const NOTIFY: Statement = { name: 'notify_of_jobs', text: `SELECT pg_notify('${JOBS_CHANNEL}', '')::text` };

/**
 * What is notified goes out with the transaction, also from here: it saves a round trip. Planned each
 * time, as whatever reads the queue: a plan from when it was empty would go through all of it later.
 */
const TAKE_TURN: Statement = {
  text: `
    SELECT max(priority) AS turn, pg_notify('${JOBS_CHANNEL}', '')::text FROM pgboss.job
    WHERE name = '${NAME}' AND state < 'active' AND NOT blocked AND priority <= 0`,
};

/** Has pg-boss work inside a transaction. */
function bossIn(tx: SqlTransaction, statementOf = (text: string): Statement => ({ text })): Db {
  return { executeSql: async (text, values = []) => ({ rows: await tx.query(statementOf(text), values) }) };
}

/** The texts of pg-boss's inserts, which are long; one for each way in which it is asked here. */
const inserts = new Map<string, Statement>();

/** A statement that is prepared: there is nothing to plan in an insert. */
function insertOf(text: string): Statement {
  const known = inserts.get(text) ?? { name: `insert_jobs_${inserts.size}`, text };
  inserts.set(text, known);
  return known;
}

/** The trace that runs at the moment, as the data of a job; where there is none the job has none. */
function traced(): { data?: TraceContext } {
  const data = currentTrace();
  return Object.keys(data).length === 0 ? {} : { data };
}
