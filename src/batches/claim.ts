import type { Database, PrismaTransaction } from '../database/database.ts';
import { Prisma, type ProjectStatus } from '../database/models.ts';
import { inTransaction } from '../database/transaction.ts';
import { waitingProjectIds } from './lock.ts';
import type { ProjectQueue } from './queue.ts';
import { OPEN, RUNNING, STAGE_STATUSES } from './states.ts';

/** One worker's hold of one project. Every write that it makes names it, and fails once it is lost. */
export interface Run {
  projectId: string;
  batchId: string;
  workerId: string;
  /** The fencing token: the claim's number among all claims of this project. */
  claim: number;
}

/** A project that a worker has taken up, with what its stages need. */
export interface ClaimedProject {
  run: Run;
  name: string;
  content: string;
  status: ProjectStatus;
  attempt: number;
  /** How many stages have finished. */
  stagesDone: number;
  /** How often the present stage has thrown. */
  stageTries: number;
  /** How often a worker has died in the present stage. */
  stageLosses: number;
  /** Whether another worker held it, and had died. */
  wasHeld: boolean;
}

/** A worker not seen for so long is taken to be dead, and loses its projects. */
export const LEASE_MS = 8_000;
/**
 * The database's clock may be set back. A worker that was seen further ahead than this is dead, too:
 * one that lives is seen anew within a second.
 */
const CLOCK_STEP_MS = 60_000;

/**
 * Takes up projects of one batch whose jobs are due, and removes the jobs: a waiting project of an
 * open batch starts; a started one whose worker let go of it or died goes on. Gives those that may
 * run, by their ids; projects of a cancelled batch are CANCELLED on the way.
 */
export function claimProjects(
  { prisma }: Pick<Database, 'prisma'>,
  queue: ProjectQueue,
  workerId: string,
  projectIds: readonly string[],
): Promise<Map<string, ClaimedProject>> {
  return inTransaction(prisma, async (tx) => {
    const claimed = new Map<string, ClaimedProject>();
    const left = new Set(projectIds);
    for (const { projectId, batchId, claim, ...rest } of await takeUp(tx, workerId, projectIds)) {
      left.delete(projectId);
      if (rest.status !== 'CANCELLED') {
        claimed.set(projectId, { run: { projectId, batchId, workerId, claim }, ...rest });
      }
    }
    await queue.withdraw(tx, projectIds);
    // Of one batch, as all are.
    const [unclaimed] = left;
    if (unclaimed !== undefined) {
      await withdrawClosed(tx, queue, unclaimed);
    }
    return claimed;
  });
}

/** Puts projects together that are of one batch; those that do not exist any more are one, too. */
export async function groupByBatch<Item extends { projectId: string }>(
  { prisma }: Pick<Database, 'prisma'>,
  items: readonly Item[],
): Promise<Item[][]> {
  if (items.length <= 1) {
    return items.map((item) => [item]);
  }
  const ids = items.map(({ projectId }) => projectId);
  const projects = await prisma.project.findMany({ where: { id: { in: ids } }, select: { id: true, batchId: true } });
  const batchIds = new Map(projects.map(({ id, batchId }) => [id, batchId]));
  return [...Map.groupBy(items, ({ projectId }) => batchIds.get(projectId)).values()];
}

type Row = Omit<ClaimedProject, 'run'> & Pick<Run, 'projectId' | 'batchId' | 'claim'>;

/**
 * The batch is locked first, so that a pause or a cancel comes wholly before this claim or wholly
 * after it. In a statement of its own: the next one then sees what was committed while this one
 * waited, a project that has just been retried among it.
 */
async function takeUp(tx: PrismaTransaction, workerId: string, projectIds: readonly string[]): Promise<Row[]> {
  const working = STAGE_STATUSES.map((stage) => stage.working);
  await tx.$queryRaw`
    SELECT 1 FROM batches WHERE id = (SELECT batch_id FROM projects WHERE id = ${projectIds[0]}::uuid)
    FOR NO KEY UPDATE`;
  return tx.$queryRaw<Row[]>`
    UPDATE projects p SET
      status = CASE
        WHEN batch.cancelled_at IS NOT NULL THEN 'CANCELLED'
        WHEN p.status = 'INITIALIZED'
          THEN (${working}::project_status[])[LEAST(p.stages_done + 1, ${working.length})]
        ELSE p.status
      END,
      worker_id = ${workerId}::uuid,
      claim = p.claim + 1,
      stage_losses = p.stage_losses + (p.worker_id IS NOT NULL)::int,
      due_at = NULL
    FROM batches batch, projects before
    WHERE p.id = ANY (${projectIds}::uuid[]) AND p.batch_id = batch.id AND before.id = p.id AND (
      (p.status = 'INITIALIZED' AND batch.status = ANY (${[...OPEN, 'CANCELLED']}::batch_status[]))
      OR (p.status = ANY (${RUNNING}::project_status[]) AND ${isAbandoned})
    )
    RETURNING p.id AS "projectId", p.batch_id AS "batchId", p.claim, p.name, p.content, p.status::text AS status,
      p.attempt, p.stages_done::int AS "stagesDone", p.stage_tries::int AS "stageTries",
      p.stage_losses::int AS "stageLosses", before.worker_id IS NOT NULL AS "wasHeld"`;
}

/** Nobody runs project `p`: it was handed back and is due, or its worker is dead. */
export const isAbandoned: Prisma.Sql = Prisma.sql`(
  (p.due_at IS NULL OR p.due_at <= clock_timestamp())
  AND NOT EXISTS (
    SELECT 1 FROM workers w
    WHERE w.id = p.worker_id
      AND w.seen_at > clock_timestamp() - ${LEASE_MS} * interval '1 millisecond'
      AND w.seen_at < clock_timestamp() + ${CLOCK_STEP_MS} * interval '1 millisecond'
  )
)`;

/** Where the batch has crossed its failure limit, none of its jobs is of use any more. */
async function withdrawClosed(tx: PrismaTransaction, queue: ProjectQueue, projectId: string): Promise<void> {
  const project = await tx.project.findUnique({
    where: { id: projectId },
    select: { batch: { select: { id: true, status: true } } },
  });
  if (project !== null && !OPEN.includes(project.batch.status)) {
    await queue.withdraw(tx, await waitingProjectIds(tx, project.batch.id));
  }
}
