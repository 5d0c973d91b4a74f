import type { Database } from '../database/database.ts';
import type { Batch } from '../database/models.ts';
import { InvalidInput } from '../errors.ts';
import { RUNNING, STAGE_STATUSES, type StageName } from './states.ts';

/** How one stage of a batch is doing. */
export interface StageMeasure {
  stage: StageName;
  /** Projects that wait or run and have not finished it. */
  remainingProjects: number;
  /** Projects whose time in it is known. */
  measuredProjects: number;
  /** Milliseconds from its working status to its done status; null where none was measured. */
  meanDurationMs: number | null;
}

/** How many projects had been completed at a moment. */
export interface CompletionCount {
  at: Date;
  completed: number;
}

type Connection = Pick<Database, 'prisma'>;

/** Durations are taken from so many of the newest steps of a batch: what it costs does not grow with the batch. */
const STEPS_MEASURED = 2_000;

/** How many moments countCompletions may be asked for. */
export const BUCKETS_MIN = 2;
export const BUCKETS_MAX = 200;

/** The five stages, in order, of the batches with these ids, in their order. */
export async function measureStages({ prisma }: Connection, batchIds: readonly string[]): Promise<StageMeasure[][]> {
  const ids = [...new Set(batchIds)];
  const [remaining, durations] = await Promise.all([readRemaining(prisma, ids), readDurations(prisma, ids)]);
  return batchIds.map((batchId) =>
    STAGE_STATUSES.map(({ stage, working }, index) => {
      const measured = durations.find((row) => row.batchId === batchId && row.working === working);
      return {
        stage,
        remainingProjects: remaining
          .filter((row) => row.batchId === batchId && row.stagesDone <= index)
          .reduce((sum, { projects }) => sum + projects, 0),
        measuredProjects: measured?.projects ?? 0,
        meanDurationMs: measured?.meanMs ?? null,
      };
    }),
  );
}

/** One whose five stages are done and who waits all the same does the last again: see claim.ts. */
function readRemaining(prisma: Database['prisma'], ids: readonly string[]) {
  return prisma.$queryRaw<{ batchId: string; stagesDone: number; projects: number }[]>`
    SELECT batch_id::text AS "batchId", LEAST(stages_done, ${STAGE_STATUSES.length - 1})::int AS "stagesDone",
      count(*)::int AS projects
    FROM projects
    WHERE batch_id = ANY (${ids}::uuid[]) AND status = ANY (${['INITIALIZED', ...RUNNING]}::project_status[])
    GROUP BY 1, 2`;
}

/** Only where the end of a stage directly follows its start: between them nothing else became of the project. */
function readDurations(prisma: Database['prisma'], ids: readonly string[]) {
  // Without what else becomes of projects: thousands that are cancelled and retried at once would hide the steps.
  const steps = STAGE_STATUSES.flatMap(({ working, done }) => [working, done]);
  return prisma.$queryRaw<{ batchId: string; working: string; projects: number; meanMs: number }[]>`
    WITH newest AS (
      SELECT e.* FROM unnest(${ids}::uuid[]) AS b (id) CROSS JOIN LATERAL (
        SELECT * FROM batch_events WHERE batch_id = b.id AND to_status = ANY (${steps}::project_status[])
        ORDER BY version DESC, ordinal DESC LIMIT ${STEPS_MEASURED}
      ) e
    ), steps AS (
      SELECT batch_id, project_id, from_status, to_status, at,
        lag(to_status) OVER earlier AS entered, lag(at) OVER earlier AS entered_at
      FROM newest WHERE project_id IS NOT NULL
      WINDOW earlier AS (PARTITION BY project_id ORDER BY version, ordinal)
    )
    SELECT batch_id::text AS "batchId", from_status::text AS working,
      count(DISTINCT project_id)::int AS projects,
      avg(GREATEST(0, extract(epoch FROM at - entered_at) * 1000))::float8 AS "meanMs"
    FROM steps JOIN unnest(
      ${STAGE_STATUSES.map(({ working }) => working)}::project_status[],
      ${STAGE_STATUSES.map(({ done }) => done)}::project_status[]
    ) AS stage (working, done)
      ON entered = working AND from_status = working AND to_status = done
    GROUP BY 1, 2`;
}

/**
 * Milliseconds until a batch has ended, going by its own stages so far: what remains of each, in
 * the time that it took on average, by as many at once as run now. Null where there is no basis: a
 * stage that remains has not been measured, the batch does not go on, or nothing remains.
 */
export function estimateRemainingMs(
  { status, runningProjects }: Pick<Batch, 'status' | 'runningProjects'>,
  stages: readonly StageMeasure[],
): number | null {
  const left = stages.filter(({ remainingProjects }) => remainingProjects > 0);
  if ((status !== 'QUEUED' && status !== 'RUNNING') || left.length === 0) {
    return null;
  }
  let sumMs = 0;
  for (const { remainingProjects, meanDurationMs } of left) {
    if (meanDurationMs === null) {
      return null;
    }
    sumMs += remainingProjects * meanDurationMs;
  }
  return sumMs / Math.max(1, runningProjects);
}

/**
 * How many projects of a batch had been completed by each of so many moments, evenly spaced from
 * its start to its end, or to now while it has none. The first moment is the start, the last point
 * says what the batch itself says; fewer where the time is shorter than as many milliseconds, none
 * where nothing started. Throws InvalidInput for fewer than 2 or more than 200.
 */
export async function countCompletions(
  { prisma }: Connection,
  batch: Pick<Batch, 'id' | 'startedAt' | 'finishedAt' | 'completedProjects'>,
  buckets: number,
): Promise<CompletionCount[]> {
  if (buckets < BUCKETS_MIN || buckets > BUCKETS_MAX) {
    const said = { key: 'bucketCount', min: BUCKETS_MIN, max: BUCKETS_MAX, actual: buckets } as const;
    throw new InvalidInput([{ field: 'buckets', said }]);
  }
  if (batch.startedAt === null) {
    return [];
  }
  const moments = momentsOf(batch.startedAt, batch.finishedAt ?? (await readClock(prisma)), buckets);
  // Times are whole milliseconds: a project counts from the first moment that is not before its own.
  const found = await prisma.$queryRaw<{ passed: number; completed: number }[]>`
    SELECT width_bucket(finished_at - interval '1 millisecond', ${moments}::timestamptz[]) AS passed,
      count(*)::int AS completed
    FROM projects WHERE batch_id = ${batch.id}::uuid AND status = 'COMPLETED' AND finished_at IS NOT NULL
    GROUP BY 1`;
  return moments.map((at, index) => {
    const completed = found.filter(({ passed }) => passed <= index).reduce((sum, row) => sum + row.completed, 0);
    const isLast = index === moments.length - 1;
    // Some may have been completed since the batch was read.
    return { at, completed: isLast ? batch.completedProjects : Math.min(completed, batch.completedProjects) };
  });
}

function momentsOf(from: Date, to: Date, most: number): Date[] {
  const spanMs = Math.max(0, to.getTime() - from.getTime());
  const steps = Math.min(most - 1, spanMs);
  return Array.from(
    { length: steps + 1 },
    (_, step) => new Date(from.getTime() + Math.round(steps === 0 ? 0 : (spanMs * step) / steps)),
  );
}

/** The database's clock, as all times are by it. */
async function readClock(prisma: Database['prisma']): Promise<Date> {
  const [row] = await prisma.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp()::timestamptz(3) AS now`;
  return row?.now ?? new Date();
}
