import { expect } from 'vitest';
import type { BatchStatus, ProjectStatus } from '../../src/database/models.ts';
import type { Row, TestDatabase } from '../helpers/database.ts';

/** What is looked at of a project. */
export interface ProjectView {
  id: string;
  position: number;
  status: ProjectStatus;
  progress: number;
  attempt: number;
  stagesDone: number;
  claim: number;
  workerId: string | null;
  /** Not waiting for a backoff. */
  isDue: boolean;
  hasJob: boolean;
  version: number;
  /** All that makes a new version when it changes. */
  visible: string;
}

/** What is looked at of a batch, its projects in their order. */
export interface BatchView {
  id: string;
  status: BatchStatus;
  version: number;
  progressSum: number;
  failureLimit: number | null;
  isCancelled: boolean;
  isPaused: boolean;
  isFinished: boolean;
  /** waiting, running, completed, failed, cancelled, total */
  counters: number[];
  /** The marks that make a new version when they change. */
  marks: string;
  projects: ProjectView[];
}

/** One row of batch_events. */
export interface EventView {
  version: number;
  ordinal: number;
  kind: string;
  projectId: string | null;
  from: string | null;
  to: string | null;
}

const ENDED: readonly ProjectStatus[] = ['COMPLETED', 'FAILED', 'CANCELLED'];
const LAST_ORDINAL = 2 ** 31 - 1;

export function isRunning(status: ProjectStatus): boolean {
  return status !== 'INITIALIZED' && !ENDED.includes(status);
}

/** Reads a batch by plain SQL, in one statement, so that it is of one moment. */
export async function viewOf(db: TestDatabase, batchId: string): Promise<BatchView> {
  const [row] = await db.sql(
    `SELECT json_build_object('id', b.id, 'status', b.status, 'version', b.version, 'progressSum', b.progress_sum,
       'failureLimit', b.failure_limit, 'isCancelled', b.cancelled_at IS NOT NULL, 'isPaused', b.paused_at IS NOT NULL,
       'isFinished', b.finished_at IS NOT NULL,
       'counters', json_build_array(b.waiting_projects, b.running_projects, b.completed_projects, b.failed_projects,
         b.cancelled_projects, b.total_projects),
       'marks', json_build_array(b.paused_at, b.cancelled_at, b.retried_at, b.failure_limit, b.name)::text,
       'projects', (SELECT json_agg(json_build_object('id', p.id, 'position', p.position, 'status', p.status,
           'progress', p.progress, 'attempt', p.attempt, 'stagesDone', p.stages_done, 'claim', p.claim,
           'workerId', p.worker_id, 'isDue', p.due_at IS NULL OR p.due_at <= clock_timestamp(),
           'hasJob', EXISTS (SELECT 1 FROM pgboss.job j WHERE j.id = p.id),
           'version', p.version,
           'visible', json_build_array(p.status, p.progress, p.name, p.attempt, p.error_message,
             p.youtube_url, p.video_url, p.thumbnail_url, p.captions_url)::text
         ) ORDER BY p.position) FROM projects p WHERE p.batch_id = b.id)
     )::text AS view FROM batches b WHERE b.id = $1`,
    [batchId],
  );
  return JSON.parse(String(row?.['view'])) as BatchView;
}

/** The batch's events after a version, in their order. */
export async function eventsAfter(db: TestDatabase, batchId: string, version: number): Promise<EventView[]> {
  const rows = await db.sql(
    `SELECT version, ordinal, kind, project_id, from_status, to_status FROM batch_events
     WHERE batch_id = $1 AND version > $2 ORDER BY version, ordinal`,
    [batchId, version],
  );
  return rows.map((row: Row) => ({
    version: Number(row['version']),
    ordinal: Number(row['ordinal']),
    kind: String(row['kind']),
    projectId: row['project_id'] === null ? null : String(row['project_id']),
    from: row['from_status'] === null ? null : String(row['from_status']),
    to: row['to_status'] === null ? null : String(row['to_status']),
  }));
}

/** The rule of the design, written down a second time: the first line that holds. */
export function statusRule({ isCancelled, isPaused, failureLimit, projects }: BatchView): BatchStatus {
  const count = (status: ProjectStatus) => projects.filter((project) => project.status === status).length;
  if (isCancelled) return 'CANCELLED';
  if (failureLimit !== null && count('FAILED') > failureLimit) return 'FAILED';
  if (projects.every(({ status }) => ENDED.includes(status))) return 'COMPLETED';
  if (isPaused) return 'PAUSED';
  if (count('INITIALIZED') === projects.length) return 'QUEUED';
  return 'RUNNING';
}

/** What must hold of a batch at any moment, whatever has happened. */
export function expectTrueNumbers(batch: BatchView): void {
  const { projects } = batch;
  const count = (fits: (status: ProjectStatus) => boolean) => projects.filter(({ status }) => fits(status)).length;
  const waiting = count((status) => status === 'INITIALIZED');
  const running = count(isRunning);
  expect(batch.counters).toEqual([
    waiting,
    running,
    count((status) => status === 'COMPLETED'),
    count((status) => status === 'FAILED'),
    count((status) => status === 'CANCELLED'),
    projects.length,
  ]);
  expect(batch.progressSum).toBe(projects.reduce((sum, { progress }) => sum + progress, 0));
  const status = statusRule(batch);
  expect(batch.status).toBe(status);
  // What plain SQL has cancelled still has to see its waiting projects cancelled.
  const isClosed = status === 'FAILED' || status === 'COMPLETED' || (status === 'CANCELLED' && waiting === 0);
  expect(batch.isFinished).toBe(isClosed && running === 0);
  for (const project of projects.filter(({ status }) => !isRunning(status))) {
    expect(project.workerId).toBeNull();
  }
}

/** What must hold of one step, which is at most one statement on projects and one on the batch. */
export function expectTrueStep(before: BatchView, after: BatchView, events: readonly EventView[]): void {
  const moved = after.projects.flatMap((now) => {
    const was = before.projects.find(({ id }) => id === now.id);
    return was === undefined ? [] : [{ was, now }];
  });
  const touched =
    moved.some(({ was, now }) => was.visible !== now.visible) || before.projects.length !== after.projects.length;
  const has = (kind: string) => events.some((event) => event.kind === kind);
  // A retry takes a pause that was left over off first.
  const marks = Number(before.marks !== after.marks) + Number(has('RESUMED') && has('RETRIED'));
  expect(after.version).toBe(before.version + Number(touched) + marks);

  for (const { was, now } of moved) {
    expect(now.version).toBe(was.version + Number(was.visible !== now.visible));
  }

  const changes = moved.filter(({ was, now }) => was.status !== now.status);
  const told = events.filter(({ kind }) => kind === 'PROJECT_STATUS_CHANGED');
  expect(told.map(({ projectId, from, to }) => [projectId, from, to])).toEqual(
    changes.map(({ was, now }) => [now.id, was.status, now.status]),
  );
  expect(told.map(({ ordinal }) => ordinal)).toEqual(told.map((_event, index) => index + 1));
  expect(new Set(told.map(({ version }) => version)).size).toBeLessThanOrEqual(1);
  for (const { kind, ordinal, version } of events) {
    expect(version).toBeLessThanOrEqual(after.version);
    const place = { PROJECT_STATUS_CHANGED: ordinal, FAILURE_LIMIT_EXCEEDED: LAST_ORDINAL - 1, FINISHED: LAST_ORDINAL };
    expect(ordinal).toBe(Reflect.get(place, kind) ?? 0);
  }
  const finished = events.filter(({ kind }) => kind === 'FINISHED').length;
  // A cancelled batch that is retried in part may have failed too often to open: it ends a second time.
  const isRetried = has('RETRIED') && before.status === 'CANCELLED';
  expect(finished).toBe(Number(after.isFinished && (!before.isFinished || isRetried)));
  const crossed = events.filter(({ kind }) => kind === 'FAILURE_LIMIT_EXCEEDED').length;
  expect(crossed).toBe(Number(after.status === 'FAILED' && before.status !== 'FAILED'));

  for (const { was, now } of moved.filter(({ was }) => isRunning(was.status))) {
    if (isRunning(now.status)) {
      expect(now.progress).toBeGreaterThanOrEqual(was.progress);
    } else if (now.status === 'FAILED' || now.status === 'CANCELLED') {
      expect(now.progress).toBe(was.progress);
    }
  }
}

/** Every project has a job if, and only if, it is waiting for a worker. */
export function expectTrueQueue({ status, projects }: BatchView): void {
  for (const project of projects) {
    const { workerId, hasJob } = project;
    if (project.status === 'INITIALIZED') {
      // A batch that crosses its failure limit loses its jobs with the next claim.
      expect(hasJob, 'waiting').toBe(status === 'FAILED' ? hasJob : status === 'QUEUED' || status === 'RUNNING');
    } else {
      expect(hasJob, project.status).toBe(isRunning(project.status) && workerId === null);
    }
  }
}
