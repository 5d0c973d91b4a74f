import { v7 as uuidv7 } from 'uuid';
import { type ClaimedProject, claimProjects, type Run } from '../../src/batches/claim.ts';
import { createBatch } from '../../src/batches/create.ts';
import type { BatchInput } from '../../src/batches/input.ts';
import { finishStage, startStage } from '../../src/batches/run.ts';
import { STAGE_STATUSES } from '../../src/batches/states.ts';
import type { Batch, BatchEvent, Project } from '../../src/database/models.ts';
import { beginLease } from '../../src/engine/lease.ts';
import type { JobQueue } from '../../src/engine/queue.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import { batchInput, openTestQueue, testLimits } from '../helpers/engine.ts';

/** A worker without an engine: it claims what the test says, and takes the steps that the test says. */
export interface HandWorker {
  id: string;
  /** Takes up a project; undefined where it must not run. */
  claim(projectId: string): Promise<ClaimedProject | undefined>;
  /** Takes up a project that can be taken up. */
  hold(projectId: string): Promise<Run>;
  /** Starts and finishes the stages from `first` on, so many. */
  goThrough(run: Run, count: number, first?: number): Promise<void>;
}

/** A database with a queue, and short ways to what tests of the domain do and look at. */
export interface Domain extends AsyncDisposable {
  db: TestDatabase;
  database: TestDatabase['database'];
  queue: JobQueue;
  create(projects: number, rest?: Partial<BatchInput>): Promise<Batch>;
  batch(batchId: string): Promise<Batch>;
  projects(batchId: string): Promise<Project[]>;
  /** The ids of the batch's projects, in their order. */
  ids(batchId: string): Promise<string[]>;
  events(batchId: string): Promise<BatchEvent[]>;
  /** The ids of those projects of the batch that have a job, in their order. */
  jobs(batchId: string): Promise<string[]>;
  worker(): Promise<HandWorker>;
}

export async function openDomain(): Promise<Domain> {
  await using stack = new AsyncDisposableStack();
  const db = stack.use(await createTestDatabase());
  const { database } = db;
  const { prisma } = database;
  const queue = stack.use(await openTestQueue(database));
  const done = stack.move();
  return {
    db,
    database,
    queue,
    create: async (projects, rest) =>
      (await createBatch(database, queue, testLimits, batchInput(projects, rest))).batch,
    batch: (id) => prisma.batch.findUniqueOrThrow({ where: { id } }),
    projects: (batchId) => prisma.project.findMany({ where: { batchId }, orderBy: { position: 'asc' } }),
    ids: async (batchId) => {
      const rows = await db.sql('SELECT id FROM projects WHERE batch_id = $1 ORDER BY position', [batchId]);
      return rows.map(({ id }) => String(id));
    },
    events: (batchId) =>
      prisma.batchEvent.findMany({ where: { batchId }, orderBy: [{ version: 'asc' }, { ordinal: 'asc' }] }),
    jobs: async (batchId) => {
      const rows = await db.sql(
        `SELECT p.id FROM projects p JOIN pgboss.job j ON j.id = p.id AND j.name = 'projects'
         WHERE p.batch_id = $1 ORDER BY p.position`,
        [batchId],
      );
      return rows.map(({ id }) => String(id));
    },
    worker: () => handWorker(database, queue),
    [Symbol.asyncDispose]: () => done.disposeAsync(),
  };
}

async function handWorker(database: TestDatabase['database'], queue: JobQueue): Promise<HandWorker> {
  const id = uuidv7();
  await beginLease(database, id);
  const claim = async (projectId: string) => (await claimProjects(database, queue, id, [projectId])).get(projectId);
  return {
    id,
    claim,
    async hold(projectId) {
      const claimed = await claim(projectId);
      if (claimed === undefined) {
        throw new Error(`project ${projectId} could not be taken up`);
      }
      return claimed.run;
    },
    async goThrough(run, count, first = 0) {
      for (const { stage } of STAGE_STATUSES.slice(first, first + count)) {
        await startStage(database, run, stage);
        await finishStage(database, run, stage, {});
      }
    },
  };
}
