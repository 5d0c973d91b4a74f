-- Everything that follows from a project's status is derived here, in the transaction of the
-- change, whoever makes it. Lock order everywhere: batch, then project. A writer that starts with
-- the project (a plain UPDATE) may meet a deadlock (40P01) and has to try again.

-- Started and not ended.
CREATE FUNCTION project_is_running(status project_status) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN status NOT IN ('INITIALIZED', 'COMPLETED', 'FAILED', 'CANCELLED');

-- Progress at the start of a status. FAILED and CANCELLED have none of their own.
CREATE FUNCTION project_progress_floor(status project_status) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE status
  WHEN 'INITIALIZED' THEN 0
  WHEN 'SCRIPT_GENERATING' THEN 10
  WHEN 'SCRIPT_GENERATED' THEN 20
  WHEN 'ASSETS_GENERATING' THEN 40
  WHEN 'ASSETS_GENERATED' THEN 60
  WHEN 'RENDERING' THEN 75
  WHEN 'RENDERED' THEN 85
  WHEN 'THUMBNAIL_GENERATING' THEN 90
  WHEN 'THUMBNAIL_GENERATED' THEN 95
  WHEN 'UPLOADING' THEN 98
  WHEN 'COMPLETED' THEN 100
END;

-- Progress a fraction of the way through a status: a working status moves towards the next one.
CREATE FUNCTION project_progress(status project_status, fraction double precision) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN project_progress_floor(status) + CASE status
  WHEN 'SCRIPT_GENERATING' THEN floor(10 * fraction)
  WHEN 'ASSETS_GENERATING' THEN floor(20 * fraction)
  WHEN 'RENDERING' THEN floor(10 * fraction)
  WHEN 'THUMBNAIL_GENERATING' THEN floor(5 * fraction)
  WHEN 'UPLOADING' THEN floor(2 * fraction)
  ELSE 0
END::integer;

-- How many stages have finished once this status is reached; null where the status does not tell.
CREATE FUNCTION project_stages_done(status project_status) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE status
  WHEN 'SCRIPT_GENERATED' THEN 1
  WHEN 'ASSETS_GENERATED' THEN 2
  WHEN 'RENDERED' THEN 3
  WHEN 'THUMBNAIL_GENERATED' THEN 4
  WHEN 'COMPLETED' THEN 5
END::smallint;

CREATE FUNCTION derive_project() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was project_status;
  is_running constant boolean := project_is_running(NEW.status);
BEGIN
  IF TG_OP = 'UPDATE' THEN
    was := OLD.status;
    IF NEW.id <> OLD.id OR NEW.batch_id <> OLD.batch_id THEN
      RAISE EXCEPTION 'a project cannot change its id or its batch'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.status IS DISTINCT FROM was THEN
      IF NEW.fraction = OLD.fraction THEN
        NEW.fraction := 0;
      END IF;
      NEW.stages_done := COALESCE(project_stages_done(NEW.status), NEW.stages_done);
    ELSIF NEW.fraction = OLD.fraction AND NEW.progress = OLD.progress THEN
      RETURN NEW;
    END IF;
  ELSE
    NEW.stages_done := COALESCE(project_stages_done(NEW.status), NEW.stages_done);
  END IF;

  IF NEW.status NOT IN ('FAILED', 'CANCELLED') THEN
    NEW.progress := project_progress(NEW.status, NEW.fraction);
    IF is_running AND project_is_running(was) THEN
      NEW.progress := GREATEST(NEW.progress, OLD.progress);
    END IF;
  END IF;

  IF NOT is_running THEN
    NEW.worker_id := NULL;
    NEW.due_at := NULL;
  END IF;
  IF NEW.status NOT IN ('INITIALIZED', 'CANCELLED') THEN
    NEW.started_at := COALESCE(NEW.started_at, clock_timestamp());
  END IF;
  IF is_running OR NEW.status = 'INITIALIZED' THEN
    NEW.finished_at := NULL;
  ELSE
    NEW.finished_at := COALESCE(NEW.finished_at, clock_timestamp());
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER derive_project BEFORE INSERT OR UPDATE ON projects
  FOR EACH ROW EXECUTE FUNCTION derive_project();

-- Locks the batches of a statement in the order of their ids, so that two statements over the same
-- batches wait for each other instead of deadlocking.
CREATE FUNCTION lock_batches(ids uuid[]) RETURNS void LANGUAGE sql AS $$
  SELECT 1 FROM batches WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
$$;

CREATE FUNCTION count_inserted_projects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_batches(ARRAY(SELECT DISTINCT batch_id FROM new_projects));
  UPDATE batches b SET
    total_projects = b.total_projects + d.total,
    waiting_projects = b.waiting_projects + d.waiting,
    running_projects = b.running_projects + d.running,
    completed_projects = b.completed_projects + d.completed,
    failed_projects = b.failed_projects + d.failed,
    cancelled_projects = b.cancelled_projects + d.cancelled,
    progress_sum = b.progress_sum + d.progress,
    version = b.version + 1
  FROM (
    SELECT batch_id,
      count(*) AS total,
      count(*) FILTER (WHERE status = 'INITIALIZED') AS waiting,
      count(*) FILTER (WHERE project_is_running(status)) AS running,
      count(*) FILTER (WHERE status = 'COMPLETED') AS completed,
      count(*) FILTER (WHERE status = 'FAILED') AS failed,
      count(*) FILTER (WHERE status = 'CANCELLED') AS cancelled,
      sum(progress) AS progress
    FROM new_projects GROUP BY batch_id
  ) d
  WHERE b.id = d.batch_id;
  RETURN NULL;
END $$;

CREATE TRIGGER count_inserted_projects AFTER INSERT ON projects
  REFERENCING NEW TABLE AS new_projects
  FOR EACH STATEMENT EXECUTE FUNCTION count_inserted_projects();

CREATE FUNCTION count_deleted_projects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_batches(ARRAY(SELECT DISTINCT batch_id FROM old_projects));
  UPDATE batches b SET
    total_projects = b.total_projects - d.total,
    waiting_projects = b.waiting_projects - d.waiting,
    running_projects = b.running_projects - d.running,
    completed_projects = b.completed_projects - d.completed,
    failed_projects = b.failed_projects - d.failed,
    cancelled_projects = b.cancelled_projects - d.cancelled,
    progress_sum = b.progress_sum - d.progress,
    version = b.version + 1
  FROM (
    SELECT batch_id,
      count(*) AS total,
      count(*) FILTER (WHERE status = 'INITIALIZED') AS waiting,
      count(*) FILTER (WHERE project_is_running(status)) AS running,
      count(*) FILTER (WHERE status = 'COMPLETED') AS completed,
      count(*) FILTER (WHERE status = 'FAILED') AS failed,
      count(*) FILTER (WHERE status = 'CANCELLED') AS cancelled,
      sum(progress) AS progress
    FROM old_projects GROUP BY batch_id
  ) d
  WHERE b.id = d.batch_id;
  RETURN NULL;
END $$;

CREATE TRIGGER count_deleted_projects AFTER DELETE ON projects
  REFERENCING OLD TABLE AS old_projects
  FOR EACH STATEMENT EXECUTE FUNCTION count_deleted_projects();

-- Whatever a client can see of a project makes a new version of its batch; leases and tries do not.
-- Old and new rows are put side by side by grouping and never joined: plans of a function are kept,
-- and one that was made for a single row would take a nested loop through thousands.
CREATE FUNCTION count_updated_projects() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  affected constant uuid[] := ARRAY(
    SELECT DISTINCT batch_id FROM (
      SELECT id, batch_id, status, progress, name, attempt, error_message,
        youtube_url, video_url, thumbnail_url FROM new_projects
      EXCEPT
      SELECT id, batch_id, status, progress, name, attempt, error_message,
        youtube_url, video_url, thumbnail_url FROM old_projects
    ) changed
  );
BEGIN
  IF affected = '{}' THEN
    RETURN NULL;
  END IF;
  PERFORM lock_batches(affected);
  WITH sides AS MATERIALIZED (
    SELECT -1 AS sign, id, batch_id, position, status, progress
    FROM old_projects WHERE batch_id = ANY (affected)
    UNION ALL
    SELECT 1, id, batch_id, position, status, progress
    FROM new_projects WHERE batch_id = ANY (affected)
  ), moved AS MATERIALIZED (
    SELECT id, batch_id, max(position) AS position,
      max(status) FILTER (WHERE sign < 0) AS was, max(status) FILTER (WHERE sign > 0) AS now
    FROM sides GROUP BY id, batch_id HAVING min(status) <> max(status)
  ), bumped AS (
    UPDATE batches b SET
      waiting_projects = b.waiting_projects + d.waiting,
      running_projects = b.running_projects + d.running,
      completed_projects = b.completed_projects + d.completed,
      failed_projects = b.failed_projects + d.failed,
      cancelled_projects = b.cancelled_projects + d.cancelled,
      progress_sum = b.progress_sum + d.progress,
      version = b.version + 1
    FROM (
      SELECT batch_id,
        sum(sign * (status = 'INITIALIZED')::int) AS waiting,
        sum(sign * project_is_running(status)::int) AS running,
        sum(sign * (status = 'COMPLETED')::int) AS completed,
        sum(sign * (status = 'FAILED')::int) AS failed,
        sum(sign * (status = 'CANCELLED')::int) AS cancelled,
        sum(sign * progress) AS progress
      FROM sides GROUP BY batch_id
    ) d
    WHERE b.id = d.batch_id
    RETURNING b.id, b.version
  )
  -- Ordinal 0 belongs to the event of the batch itself that opens a version.
  INSERT INTO batch_events (batch_id, version, ordinal, kind, project_id, from_status, to_status)
  SELECT m.batch_id, b.version,
    row_number() OVER (PARTITION BY m.batch_id ORDER BY m.position),
    'PROJECT_STATUS_CHANGED', m.id, m.was, m.now
  FROM moved m JOIN bumped b ON b.id = m.batch_id;
  RETURN NULL;
END $$;

CREATE TRIGGER count_updated_projects AFTER UPDATE ON projects
  REFERENCING OLD TABLE AS old_projects NEW TABLE AS new_projects
  FOR EACH STATEMENT EXECUTE FUNCTION count_updated_projects();

-- A batch has ended once nothing of it runs or will run; until then it drains.
CREATE FUNCTION derive_batch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  status constant batch_status := batch_status(
    NEW.cancelled_at, NEW.paused_at, NEW.failure_limit, NEW.total_projects, NEW.waiting_projects,
    NEW.completed_projects, NEW.failed_projects, NEW.cancelled_projects);
BEGIN
  IF NEW.version = OLD.version AND (NEW.name, NEW.failure_limit, NEW.paused_at, NEW.cancelled_at,
      NEW.retried_at) IS DISTINCT FROM (OLD.name, OLD.failure_limit, OLD.paused_at,
      OLD.cancelled_at, OLD.retried_at) THEN
    NEW.version := OLD.version + 1;
  END IF;
  IF NEW.running_projects + NEW.completed_projects + NEW.failed_projects > 0 THEN
    NEW.started_at := COALESCE(NEW.started_at, clock_timestamp());
  END IF;
  IF NEW.running_projects = 0 AND (
    status IN ('COMPLETED', 'FAILED') OR (status = 'CANCELLED' AND NEW.waiting_projects = 0)
  ) THEN
    NEW.finished_at := COALESCE(NEW.finished_at, clock_timestamp());
  ELSE
    NEW.finished_at := NULL;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER derive_batch BEFORE UPDATE ON batches
  FOR EACH ROW EXECUTE FUNCTION derive_batch();

-- The payload of a notification is the batch's id and its version: a hint to read again.
CREATE FUNCTION notify_batch(id uuid, version integer) RETURNS void LANGUAGE sql AS $$
  SELECT pg_notify('showrunner_batches', id || ' ' || version);
$$;

-- Records what happened to the batch itself, and tells whoever listens that there is a new version.
CREATE FUNCTION publish_batch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  control constant batch_event_kind := CASE
    WHEN TG_OP = 'INSERT' THEN 'CREATED'
    WHEN NEW.retried_at IS DISTINCT FROM OLD.retried_at THEN 'RETRIED'
    WHEN NEW.cancelled_at IS NOT NULL AND OLD.cancelled_at IS NULL THEN 'CANCELLED'
    WHEN NEW.paused_at IS NOT NULL AND OLD.paused_at IS NULL THEN 'PAUSED'
    WHEN NEW.paused_at IS NULL AND OLD.paused_at IS NOT NULL THEN 'RESUMED'
  END;
  last_ordinal constant integer := 2147483647;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.version = OLD.version THEN
    RETURN NULL;
  END IF;
  IF control IS NOT NULL THEN
    INSERT INTO batch_events (batch_id, version, ordinal, kind)
    VALUES (NEW.id, NEW.version, 0, control);
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.status = 'FAILED' AND OLD.status <> 'FAILED' THEN
    INSERT INTO batch_events (batch_id, version, ordinal, kind)
    VALUES (NEW.id, NEW.version, last_ordinal - 1, 'FAILURE_LIMIT_EXCEEDED');
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.finished_at IS NOT NULL AND OLD.finished_at IS NULL THEN
    INSERT INTO batch_events (batch_id, version, ordinal, kind)
    VALUES (NEW.id, NEW.version, last_ordinal, 'FINISHED');
  END IF;
  PERFORM notify_batch(NEW.id, NEW.version);
  RETURN NULL;
END $$;

CREATE TRIGGER publish_batch AFTER INSERT OR UPDATE ON batches
  FOR EACH ROW EXECUTE FUNCTION publish_batch();

CREATE FUNCTION publish_deleted_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM notify_batch(OLD.id, OLD.version + 1);
  RETURN NULL;
END $$;

CREATE TRIGGER publish_deleted_batch AFTER DELETE ON batches
  FOR EACH ROW EXECUTE FUNCTION publish_deleted_batch();
