import type { Batch, Project } from '../database/models.ts';

/** What is for those alone who run a project. */
type OfRuns = 'fraction' | 'stagesDone' | 'claim' | 'workerId' | 'stageTries' | 'stageLosses' | 'dueAt';

/** A project as clients see it, without its text, which is large and seldom wanted. */
export type ProjectRow = Omit<Project, 'content' | OfRuns>;

type Columns<Row> = { readonly [Field in keyof Row]: string };

/** The columns of a batch, by its fields. */
const BATCH_COLUMNS: Columns<Batch> = {
  id: 'id',
  owner: 'owner',
  name: 'name',
  status: 'status',
  totalProjects: 'total_projects',
  waitingProjects: 'waiting_projects',
  runningProjects: 'running_projects',
  completedProjects: 'completed_projects',
  failedProjects: 'failed_projects',
  cancelledProjects: 'cancelled_projects',
  progressSum: 'progress_sum',
  version: 'version',
  historyFrom: 'history_from',
  failureLimit: 'failure_limit',
  pausedAt: 'paused_at',
  cancelledAt: 'cancelled_at',
  retriedAt: 'retried_at',
  configurationId: 'configuration_id',
  promptTemplateId: 'prompt_template_id',
  geminiModel: 'gemini_model',
  youtubePrivacy: 'youtube_privacy',
  youtubePublishType: 'youtube_publish_type',
  youtubePublishAt: 'youtube_publish_at',
  youtubeAiContentFlag: 'youtube_ai_content_flag',
  idempotencyKey: 'idempotency_key',
  inputHash: 'input_hash',
  createdAt: 'created_at',
  startedAt: 'started_at',
  finishedAt: 'finished_at',
};

/** The columns of a project that clients see, but its text, by its fields. */
const PROJECT_COLUMNS: Columns<ProjectRow> = {
  id: 'id',
  batchId: 'batch_id',
  position: 'position',
  name: 'name',
  status: 'status',
  progress: 'progress',
  attempt: 'attempt',
  version: 'version',
  errorMessage: 'error_message',
  youtubeUrl: 'youtube_url',
  videoUrl: 'video_url',
  thumbnailUrl: 'thumbnail_url',
  captionsUrl: 'captions_url',
  configurationId: 'configuration_id',
  promptTemplateId: 'prompt_template_id',
  geminiModel: 'gemini_model',
  youtubePrivacy: 'youtube_privacy',
  youtubePublishType: 'youtube_publish_type',
  youtubePublishAt: 'youtube_publish_at',
  youtubeAiContentFlag: 'youtube_ai_content_flag',
  createdAt: 'created_at',
  startedAt: 'started_at',
  finishedAt: 'finished_at',
};

/** The select list for batches of a table, with the names of their fields. */
export const selectBatch = (table: string): string => selectList(table, BATCH_COLUMNS);

/** The select list for projects of a table as clients see them, without their texts, with the names of their fields. */
export const selectProject = (table: string): string => selectList(table, PROJECT_COLUMNS);

/** A row as JSON has it: instants are texts. */
export type JsonRow<Row> = {
  [Field in keyof Row]: Row[Field] extends Date ? string : Date extends Row[Field] ? string | null : Row[Field];
};

/** A batch from its row in JSON. */
export function batchOf(row: JsonRow<Batch>): Batch {
  return {
    ...row,
    pausedAt: instantOf(row.pausedAt),
    cancelledAt: instantOf(row.cancelledAt),
    retriedAt: instantOf(row.retriedAt),
    youtubePublishAt: instantOf(row.youtubePublishAt),
    createdAt: new Date(row.createdAt),
    startedAt: instantOf(row.startedAt),
    finishedAt: instantOf(row.finishedAt),
  };
}

/** A project from its row in JSON. */
export function projectOf(row: JsonRow<ProjectRow>): ProjectRow {
  return {
    ...row,
    youtubePublishAt: instantOf(row.youtubePublishAt),
    createdAt: new Date(row.createdAt),
    startedAt: instantOf(row.startedAt),
    finishedAt: instantOf(row.finishedAt),
  };
}

function instantOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

function selectList(table: string, columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns)
    .map(([field, column]) => `${table}.${column} AS "${field}"`)
    .join(', ');
}
