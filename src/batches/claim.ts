import type { Database, PrismaTransaction } from '../database/database.ts';
import type { ProjectStatus } from '../database/models.ts';
import type { Statement } from '../database/statement.ts';
import { inTransaction, retried, sqlOf } from '../database/transaction.ts';
import { arrayAt } from './array-at.ts';
import { waitingProjectIds } from './lock.ts';
import type { ProjectQueue } from './queue.ts';
import { OPEN, RUNNING_SQL, STAGE_STATUSES, sqlListOf } from './states.ts';

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
export async function claimProjects(
  database: Pick<Database, 'prisma' | 'query'>,
  queue: ProjectQueue,
  workerId: string,
  projectIds: readonly string[],
): Promise<Map<string, ClaimedProject>> {
  const statement = takeUp(queue);
  const rows = await retried(() => database.query<Row>(statement, [workerId, projectIds]));
  const left = projectIds.filter((id) => !rows.some(({ projectId }) => projectId === id));
  if (left.length > 0) {
    rows.push(...(await takeUpRest(database, queue, statement, workerId, left)));
  }
  return new Map(
    rows
      .filter(({ status }) => status !== 'CANCELLED')
      .map(({ projectId, batchId, claim, ...rest }) => [
        projectId,
        { run: { projectId, batchId, workerId, claim }, ...rest },
      ]),
  );
}

/** Puts projects together that are of one batch; those that do not exist any more are one, too. */
export async function groupByBatch<Item extends { projectId: string }>(
  database: Pick<Database, 'query'>,
  items: readonly Item[],
): Promise<Item[][]> {
  if (items.length <= 1) {
    return items.map((item) => [item]);
  }
  const rows = await database.query<Pick<Run, 'projectId' | 'batchId'>>(FIND_BATCHES, [
    items.map(({ projectId }) => projectId),
  ]);
  const batchIds = new Map(rows.map(({ projectId, batchId }) => [projectId, batchId]));
  return [...Map.groupBy(items, ({ projectId }) => batchIds.get(projectId)).values()];
}

const FIND_BATCHES: Statement = {
  name: 'find_batches_of_projects',
  isReplanned: true,
  text: `SELECT id::text AS "projectId", batch_id::text AS "batchId" FROM projects WHERE id = ANY (${arrayAt('$1', 'uuid')})`,
};

type Row = Omit<ClaimedProject, 'run'> & Pick<Run, 'projectId' | 'batchId' | 'claim'>;

/** Nobody runs project `p`: it was handed back and is due, or its worker is dead. */
export const IS_ABANDONED_SQL: string = `(
  (p.due_at IS NULL OR p.due_at <= clock_timestamp())
  AND NOT EXISTS (
    SELECT 1 FROM workers w
    WHERE w.id = p.worker_id
      AND w.seen_at > clock_timestamp() - ${LEASE_MS} * interval '1 millisecond'
      AND w.seen_at < clock_timestamp() + ${CLOCK_STEP_MS} * interval '1 millisecond'
  )
)`;

const WORKING = STAGE_STATUSES.map((stage) => stage.working);

/**
 * One statement, and so one round trip and one commit for which the batch is locked. It is locked
 * first, so that a pause or a cancel comes wholly before this claim or wholly after it. With the
 * projects that are taken up go their jobs; the others keep theirs. That the batch is the right one
 * is said so that no plan looks for projects by it.
 */
function takeUp(queue: ProjectQueue): Statement {
  return {
    name: 'take_up_projects',
    isReplanned: true,
    text: `
      WITH batch AS MATERIALIZED (
        SELECT id, status, cancelled_at FROM batches
        WHERE id = (SELECT batch_id FROM projects WHERE id = ($2::uuid[])[1])
        FOR NO KEY UPDATE
      ), taken AS (
        UPDATE projects p SET
          status = CASE
            WHEN batch.cancelled_at IS NOT NULL THEN 'CANCELLED'
            WHEN p.status = 'INITIALIZED' THEN
              (ARRAY[${sqlListOf(WORKING)}]::project_status[])[LEAST(p.stages_done + 1, ${WORKING.length})]
            ELSE p.status
          END,
          worker_id = $1::uuid,
          claim = p.claim + 1,
          stage_losses = p.stage_losses + (p.worker_id IS NOT NULL)::int,
          due_at = NULL
        FROM batch, projects before
        WHERE p.id = ANY (${arrayAt('$2', 'uuid')}) AND p.batch_id IS NOT DISTINCT FROM batch.id AND before.id = p.id AND (
          (p.status = 'INITIALIZED' AND batch.status IN (${sqlListOf([...OPEN, 'CANCELLED'])}))
          OR (p.status IN (${RUNNING_SQL}) AND ${IS_ABANDONED_SQL})
        )
        RETURNING p.id AS uuid, p.id::text AS "projectId", p.batch_id::text AS "batchId", p.claim, p.name, p.content,
          p.status::text AS status, p.attempt, p.stages_done::int AS "stagesDone",
          p.stage_tries::int AS "stageTries", p.stage_losses::int AS "stageLosses",
          before.worker_id IS NOT NULL AS "wasHeld"
      ), withdrawn AS (
        ${queue.withdrawSql('SELECT uuid FROM taken')}
      )
      SELECT "projectId", "batchId", claim, name, content, status, attempt, "stagesDone", "stageTries", "stageLosses",
        "wasHeld"
      FROM taken`,
  };
}

/**
 * What could not be taken up, as far as that statement saw: it does not see what was committed while
 * it waited for the batch, a project that has just been retried among it. With the batch locked by a
 * statement before it, it does. What is left then needs no job.
 */
function takeUpRest(
  { prisma }: Pick<Database, 'prisma'>,
  queue: ProjectQueue,
  { text }: Statement,
  workerId: string,
  projectIds: readonly string[],
): Promise<Row[]> {
  return inTransaction(prisma, async (tx) => {
    await tx.$queryRaw`
      SELECT 1 FROM batches WHERE id = (SELECT batch_id FROM projects WHERE id = ${projectIds[0]}::uuid)
      FOR NO KEY UPDATE`;
    const rows = await tx.$queryRawUnsafe<Row[]>(text, workerId, projectIds);
    const left = projectIds.filter((id) => !rows.some(({ projectId }) => projectId === id));
    await queue.withdraw(sqlOf(tx), left);
    // Of one batch, as all are.
    if (left[0] !== undefined) {
      await withdrawClosed(tx, queue, left[0]);
    }
    return rows;
  });
}

/** Where the batch has crossed its failure limit, none of its jobs is of use any more. */
async function withdrawClosed(tx: PrismaTransaction, queue: ProjectQueue, projectId: string): Promise<void> {
  const project = await tx.project.findUnique({
    where: { id: projectId },
    select: { batch: { select: { id: true, status: true } } },
  });
  if (project !== null && !OPEN.includes(project.batch.status)) {
    await queue.withdraw(sqlOf(tx), await waitingProjectIds(tx, project.batch.id));
  }
}
