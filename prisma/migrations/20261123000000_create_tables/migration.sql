CREATE TYPE batch_status AS ENUM ('QUEUED', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED');

CREATE TYPE project_status AS ENUM (
  'INITIALIZED',
  'SCRIPT_GENERATING', 'SCRIPT_GENERATED',
  'ASSETS_GENERATING', 'ASSETS_GENERATED',
  'RENDERING', 'RENDERED',
  'THUMBNAIL_GENERATING', 'THUMBNAIL_GENERATED',
  'UPLOADING',
  'COMPLETED', 'FAILED', 'CANCELLED'
);

CREATE TYPE batch_event_kind AS ENUM (
  'CREATED', 'PROJECT_STATUS_CHANGED', 'PAUSED', 'RESUMED', 'CANCELLED', 'RETRIED',
  'FAILURE_LIMIT_EXCEEDED', 'FINISHED'
);

CREATE TYPE youtube_privacy AS ENUM ('PUBLIC', 'UNLISTED', 'PRIVATE');

CREATE TYPE youtube_publish_type AS ENUM ('IMMEDIATE', 'SCHEDULED');

-- The rule of a batch's status: the first line that holds.
CREATE FUNCTION batch_status(
  cancelled_at timestamptz, paused_at timestamptz, failure_limit int,
  total int, waiting int, completed int, failed int, cancelled int
) RETURNS batch_status LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN cancelled_at IS NOT NULL THEN 'CANCELLED'::batch_status
  WHEN failed > failure_limit THEN 'FAILED'::batch_status
  WHEN total > 0 AND completed + failed + cancelled = total THEN 'COMPLETED'::batch_status
  WHEN paused_at IS NOT NULL THEN 'PAUSED'::batch_status
  WHEN waiting = total THEN 'QUEUED'::batch_status
  ELSE 'RUNNING'::batch_status
END;

CREATE TABLE batches (
  id uuid NOT NULL,
  name text NOT NULL,
  status batch_status NOT NULL GENERATED ALWAYS AS (
    batch_status(cancelled_at, paused_at, failure_limit,
      total_projects, waiting_projects, completed_projects, failed_projects, cancelled_projects)
  ) STORED,
  total_projects integer NOT NULL DEFAULT 0,
  waiting_projects integer NOT NULL DEFAULT 0,
  running_projects integer NOT NULL DEFAULT 0,
  completed_projects integer NOT NULL DEFAULT 0,
  failed_projects integer NOT NULL DEFAULT 0,
  cancelled_projects integer NOT NULL DEFAULT 0,
  progress_sum integer NOT NULL DEFAULT 0,
  version integer NOT NULL DEFAULT 1,
  history_from integer NOT NULL DEFAULT 0,
  failure_limit integer,
  paused_at timestamptz(3),
  cancelled_at timestamptz(3),
  retried_at timestamptz(3),
  configuration_id uuid,
  prompt_template_id uuid,
  gemini_model text NOT NULL,
  youtube_privacy youtube_privacy,
  youtube_publish_type youtube_publish_type,
  youtube_publish_at timestamptz(3),
  youtube_ai_content_flag boolean,
  idempotency_key text,
  input_hash text,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  started_at timestamptz(3),
  finished_at timestamptz(3),
  CONSTRAINT batches_pkey PRIMARY KEY (id),
  CONSTRAINT batches_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
  CONSTRAINT batches_counters_check CHECK (
    total_projects >= 0 AND waiting_projects >= 0 AND running_projects >= 0
    AND completed_projects >= 0 AND failed_projects >= 0 AND cancelled_projects >= 0
    AND progress_sum >= 0
    AND total_projects = waiting_projects + running_projects
      + completed_projects + failed_projects + cancelled_projects
  ),
  CONSTRAINT batches_version_check CHECK (version >= 1 AND history_from BETWEEN 0 AND version),
  CONSTRAINT batches_failure_limit_check CHECK (failure_limit >= 0),
  CONSTRAINT batches_idempotency_key_check CHECK (char_length(idempotency_key) BETWEEN 1 AND 200),
  CONSTRAINT batches_youtube_check CHECK (
    num_nulls(youtube_privacy, youtube_publish_type, youtube_ai_content_flag) IN (0, 3)
    AND (youtube_publish_type IS DISTINCT FROM 'SCHEDULED' OR youtube_publish_at IS NOT NULL)
  )
);

CREATE UNIQUE INDEX batches_idempotency_key_key ON batches (idempotency_key);
CREATE INDEX batches_created_at_id_idx ON batches (created_at, id);
CREATE INDEX batches_status_created_at_id_idx ON batches (status, created_at, id);

CREATE TABLE workers (
  id uuid NOT NULL,
  seen_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  started_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT workers_pkey PRIMARY KEY (id)
);

CREATE TABLE projects (
  id uuid NOT NULL,
  batch_id uuid NOT NULL,
  position integer NOT NULL,
  name text NOT NULL,
  content text NOT NULL,
  status project_status NOT NULL DEFAULT 'INITIALIZED',
  fraction double precision NOT NULL DEFAULT 0,
  progress integer NOT NULL DEFAULT 0,
  attempt integer NOT NULL DEFAULT 1,
  stages_done smallint NOT NULL DEFAULT 0,
  claim integer NOT NULL DEFAULT 0,
  worker_id uuid,
  stage_tries smallint NOT NULL DEFAULT 0,
  stage_losses smallint NOT NULL DEFAULT 0,
  due_at timestamptz(3),
  error_message text,
  youtube_url text,
  video_url text,
  thumbnail_url text,
  configuration_id uuid,
  prompt_template_id uuid,
  gemini_model text NOT NULL,
  youtube_privacy youtube_privacy,
  youtube_publish_type youtube_publish_type,
  youtube_publish_at timestamptz(3),
  youtube_ai_content_flag boolean,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  started_at timestamptz(3),
  finished_at timestamptz(3),
  CONSTRAINT projects_pkey PRIMARY KEY (id),
  CONSTRAINT projects_batch_id_fkey FOREIGN KEY (batch_id)
    REFERENCES batches (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT projects_worker_id_fkey FOREIGN KEY (worker_id)
    REFERENCES workers (id) ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT projects_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
  CONSTRAINT projects_position_check CHECK (position >= 0),
  CONSTRAINT projects_fraction_check CHECK (fraction BETWEEN 0 AND 1),
  CONSTRAINT projects_progress_check CHECK (progress BETWEEN 0 AND 100),
  CONSTRAINT projects_attempt_check CHECK (attempt >= 1 AND claim >= 0),
  CONSTRAINT projects_stages_check CHECK (
    stages_done BETWEEN 0 AND 5 AND stage_tries >= 0 AND stage_losses >= 0
  ),
  CONSTRAINT projects_error_message_check CHECK (char_length(error_message) <= 500),
  CONSTRAINT projects_youtube_check CHECK (
    num_nulls(youtube_privacy, youtube_publish_type, youtube_ai_content_flag) IN (0, 3)
    AND (youtube_publish_type IS DISTINCT FROM 'SCHEDULED' OR youtube_publish_at IS NOT NULL)
  )
);

CREATE UNIQUE INDEX projects_batch_id_position_key ON projects (batch_id, position);
CREATE INDEX projects_batch_id_status_position_idx ON projects (batch_id, status, position);
CREATE INDEX projects_worker_id_idx ON projects (worker_id);
-- What has started and not ended is few among many, and looked for every second.
CREATE INDEX projects_running_idx ON projects (batch_id, position)
  WHERE status NOT IN ('INITIALIZED', 'COMPLETED', 'FAILED', 'CANCELLED');

CREATE TABLE batch_events (
  batch_id uuid NOT NULL,
  version integer NOT NULL,
  ordinal integer NOT NULL,
  kind batch_event_kind NOT NULL,
  project_id uuid,
  from_status project_status,
  to_status project_status,
  at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT batch_events_pkey PRIMARY KEY (batch_id, version, ordinal),
  CONSTRAINT batch_events_batch_id_fkey FOREIGN KEY (batch_id)
    REFERENCES batches (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT batch_events_project_id_fkey FOREIGN KEY (project_id)
    REFERENCES projects (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT batch_events_change_check CHECK (
    (kind = 'PROJECT_STATUS_CHANGED') = (project_id IS NOT NULL)
    AND (kind = 'PROJECT_STATUS_CHANGED') = (to_status IS NOT NULL)
  )
);

CREATE INDEX batch_events_project_id_idx ON batch_events (project_id);
CREATE INDEX batch_events_at_idx ON batch_events (at);
