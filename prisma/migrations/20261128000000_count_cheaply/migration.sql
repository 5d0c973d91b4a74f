-- The rule as before. As PL/pgSQL, since its plan is then kept for the session: an SQL function was
-- taken apart and planned anew for the generated column in every single update of a batch.
CREATE OR REPLACE FUNCTION batch_status(
  cancelled_at timestamptz, paused_at timestamptz, failure_limit int,
  total int, waiting int, completed int, failed int, cancelled int
) RETURNS batch_status LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN CASE
    WHEN cancelled_at IS NOT NULL THEN 'CANCELLED'::batch_status
    WHEN failed > failure_limit THEN 'FAILED'::batch_status
    WHEN total > 0 AND completed + failed + cancelled = total THEN 'COMPLETED'::batch_status
    WHEN paused_at IS NOT NULL THEN 'PAUSED'::batch_status
    WHEN waiting = total THEN 'QUEUED'::batch_status
    ELSE 'RUNNING'::batch_status
  END;
END $$;

-- The rules as before. What the workers write changes one project, mostly: counting that takes an
-- update of its batch by its key, and none of what sorts many out.
CREATE OR REPLACE FUNCTION count_updated_projects() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed record;
BEGIN
  -- With one row in each table, the two are the same project; with more, these are of no use.
  SELECT (SELECT count(*) FROM (SELECT FROM new_projects LIMIT 2) few) AS rows,
    n.id, n.batch_id, o.status AS was, n.status AS now, n.progress - o.progress AS progress,
    n.version <> o.version AS is_visible
  INTO changed FROM old_projects o, new_projects n LIMIT 1;

  IF changed.rows = 1 THEN
    IF NOT changed.is_visible THEN
      RETURN NULL;
    END IF;
    -- It locks the batch as well. One statement: what the batch's own triggers record comes after it.
    WITH bumped AS (
      UPDATE batches b SET
        waiting_projects = b.waiting_projects
          - (changed.was = 'INITIALIZED')::int + (changed.now = 'INITIALIZED')::int,
        running_projects = b.running_projects
          - project_is_running(changed.was)::int + project_is_running(changed.now)::int,
        completed_projects = b.completed_projects
          - (changed.was = 'COMPLETED')::int + (changed.now = 'COMPLETED')::int,
        failed_projects = b.failed_projects
          - (changed.was = 'FAILED')::int + (changed.now = 'FAILED')::int,
        cancelled_projects = b.cancelled_projects
          - (changed.was = 'CANCELLED')::int + (changed.now = 'CANCELLED')::int,
        progress_sum = b.progress_sum + changed.progress,
        version = b.version + 1
      WHERE b.id = changed.batch_id
      RETURNING b.id, b.version
    )
    INSERT INTO batch_events (batch_id, version, ordinal, kind, project_id, from_status, to_status)
    SELECT b.id, b.version, 1, 'PROJECT_STATUS_CHANGED', changed.id, changed.was, changed.now
    FROM bumped b WHERE changed.was <> changed.now;
    RETURN NULL;
  END IF;

  -- Old and new rows are put side by side by grouping and never joined: plans of a function are
  -- kept, and one that was made for a few rows would take a nested loop through thousands.
  WITH changes AS MATERIALIZED (
    SELECT id, batch_id, max(position) AS position,
      max(status) FILTER (WHERE sign < 0) AS was, max(status) FILTER (WHERE sign > 0) AS now,
      sum(sign * progress) AS progress
    FROM (
      SELECT -1 AS sign, id, batch_id, position, status, progress, version FROM old_projects
      UNION ALL
      SELECT 1, id, batch_id, position, status, progress, version FROM new_projects
    ) sides
    GROUP BY id, batch_id HAVING min(version) <> max(version)
  ), locked AS MATERIALIZED (
    -- In the order of their ids, so that two statements over the same batches wait for each other
    -- instead of deadlocking. What is updated below has come through here.
    SELECT id FROM batches WHERE id IN (SELECT batch_id FROM changes) ORDER BY id FOR NO KEY UPDATE
  ), bumped AS (
    UPDATE batches b SET
      waiting_projects = b.waiting_projects + d.waiting,
      running_projects = b.running_projects + d.running,
      completed_projects = b.completed_projects + d.completed,
      failed_projects = b.failed_projects + d.failed,
      cancelled_projects = b.cancelled_projects + d.cancelled,
      progress_sum = b.progress_sum + d.progress,
      version = b.version + 1
    FROM locked, (
      SELECT batch_id,
        sum((now = 'INITIALIZED')::int - (was = 'INITIALIZED')::int) AS waiting,
        sum(project_is_running(now)::int - project_is_running(was)::int) AS running,
        sum((now = 'COMPLETED')::int - (was = 'COMPLETED')::int) AS completed,
        sum((now = 'FAILED')::int - (was = 'FAILED')::int) AS failed,
        sum((now = 'CANCELLED')::int - (was = 'CANCELLED')::int) AS cancelled,
        sum(progress) AS progress
      FROM changes GROUP BY batch_id
    ) d
    WHERE b.id = locked.id AND d.batch_id = locked.id
    RETURNING b.id, b.version
  )
  -- Ordinal 0 belongs to the event of the batch itself that opens a version.
  INSERT INTO batch_events (batch_id, version, ordinal, kind, project_id, from_status, to_status)
  SELECT c.batch_id, b.version,
    row_number() OVER (PARTITION BY c.batch_id ORDER BY c.position),
    'PROJECT_STATUS_CHANGED', c.id, c.was, c.now
  FROM changes c JOIN bumped b ON b.id = c.batch_id
  WHERE c.was <> c.now;
  RETURN NULL;
END $$;

-- What a batch is given stays, while its counters change with every project: a domain is checked
-- where its column is written, a CHECK of the table is read and compiled anew by each statement.
CREATE DOMAIN batch_name AS text
  CONSTRAINT batches_name_check CHECK (char_length(VALUE) BETWEEN 1 AND 200);
CREATE DOMAIN batch_owner AS text
  CONSTRAINT batches_owner_check CHECK (char_length(VALUE) <= 255);
CREATE DOMAIN batch_idempotency_key AS text
  CONSTRAINT batches_idempotency_key_check CHECK (char_length(VALUE) BETWEEN 1 AND 200);

-- Put back below. A column that a trigger names cannot change its type.
DROP TRIGGER refuse_new_owner ON batches;

ALTER TABLE batches
  DROP CONSTRAINT batches_name_check,
  DROP CONSTRAINT batches_owner_check,
  DROP CONSTRAINT batches_idempotency_key_check,
  ALTER COLUMN name TYPE batch_name,
  ALTER COLUMN owner TYPE batch_owner,
  ALTER COLUMN idempotency_key TYPE batch_idempotency_key,
  DROP CONSTRAINT batches_counters_check,
  ADD CONSTRAINT batches_counters_check CHECK (
    LEAST(total_projects, waiting_projects, running_projects, completed_projects, failed_projects,
      cancelled_projects, progress_sum) >= 0
    AND total_projects = waiting_projects + running_projects
      + completed_projects + failed_projects + cancelled_projects
  );

CREATE TRIGGER refuse_new_owner BEFORE UPDATE OF owner ON batches
  FOR EACH ROW WHEN (NEW.owner <> OLD.owner) EXECUTE FUNCTION refuse_new_owner();

-- History is written by the triggers alone, in the transaction of the change and with the batch
-- locked: that its batch and its project exist need not be looked up for each event, twice. It goes
-- with them as before. A list of ids keeps the plan an index scan, whatever the first delete was like.
ALTER TABLE batch_events
  DROP CONSTRAINT batch_events_batch_id_fkey,
  DROP CONSTRAINT batch_events_project_id_fkey;

CREATE FUNCTION delete_history_of_projects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM batch_events WHERE project_id = ANY (ARRAY(SELECT id FROM old_projects));
  RETURN NULL;
END $$;

CREATE TRIGGER delete_history_of_projects AFTER DELETE ON projects
  REFERENCING OLD TABLE AS old_projects
  FOR EACH STATEMENT EXECUTE FUNCTION delete_history_of_projects();

CREATE FUNCTION delete_history_of_batches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM batch_events WHERE batch_id = ANY (ARRAY(SELECT id FROM old_batches));
  RETURN NULL;
END $$;

CREATE TRIGGER delete_history_of_batches AFTER DELETE ON batches
  REFERENCING OLD TABLE AS old_batches
  FOR EACH STATEMENT EXECUTE FUNCTION delete_history_of_batches();

-- The id that history goes by. Costs nothing where no id is written.
CREATE FUNCTION refuse_new_batch_id() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a batch cannot change its id' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER refuse_new_batch_id BEFORE UPDATE OF id ON batches
  FOR EACH ROW WHEN (NEW.id <> OLD.id) EXECUTE FUNCTION refuse_new_batch_id();
