import type { BatchStatus, ProjectStatus } from '../database/models.ts';

/** The five stages, in order, with the status a project has during and after each. */
export const STAGE_STATUSES = [
  { stage: 'script', working: 'SCRIPT_GENERATING', done: 'SCRIPT_GENERATED' },
  { stage: 'assets', working: 'ASSETS_GENERATING', done: 'ASSETS_GENERATED' },
  { stage: 'render', working: 'RENDERING', done: 'RENDERED' },
  { stage: 'thumbnail', working: 'THUMBNAIL_GENERATING', done: 'THUMBNAIL_GENERATED' },
  { stage: 'upload', working: 'UPLOADING', done: 'COMPLETED' },
] as const satisfies readonly { stage: string; working: ProjectStatus; done: ProjectStatus }[];

export type StageName = (typeof STAGE_STATUSES)[number]['stage'];

/** Started and not ended; the same set as project_is_running() in the database. */
export const RUNNING: readonly ProjectStatus[] = [
  'SCRIPT_GENERATING',
  'SCRIPT_GENERATED',
  'ASSETS_GENERATING',
  'ASSETS_GENERATED',
  'RENDERING',
  'RENDERED',
  'THUMBNAIL_GENERATING',
  'THUMBNAIL_GENERATED',
  'UPLOADING',
];

/** The same as a list in plain SQL. */
export const RUNNING_SQL: string = sqlListOf(RUNNING);

/** What retryBatch takes up again. */
export const RETRYABLE: readonly ProjectStatus[] = ['FAILED', 'CANCELLED'];

/** Batches in which nothing new starts any more, unless they are retried. */
export const CLOSED: readonly BatchStatus[] = ['COMPLETED', 'FAILED', 'CANCELLED'];

/** Batches whose waiting projects may start. */
export const OPEN: readonly BatchStatus[] = ['QUEUED', 'RUNNING'];

/** Constants of this service as a list in plain SQL. Not for what comes from outside. */
export function sqlListOf(names: readonly (BatchStatus | ProjectStatus)[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}

/** The statuses of one stage. */
export function statusesOf(stage: StageName): (typeof STAGE_STATUSES)[number] {
  const found = STAGE_STATUSES.find((entry) => entry.stage === stage);
  if (found === undefined) {
    throw new RangeError(`unknown stage ${stage}`);
  }
  return found;
}
