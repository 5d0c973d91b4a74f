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
  reached integer;
  affected uuid[];
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
    -- It locks the batch as well.
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
    RETURNING b.version INTO reached;
    IF changed.was <> changed.now THEN
      INSERT INTO batch_events (batch_id, version, ordinal, kind, project_id, from_status, to_status)
      VALUES (changed.batch_id, reached, 1, 'PROJECT_STATUS_CHANGED', changed.id, changed.was, changed.now);
    END IF;
    RETURN NULL;
  END IF;

  affected := ARRAY(
    SELECT DISTINCT batch_id FROM (
      SELECT id, batch_id, version FROM new_projects
      EXCEPT
      SELECT id, batch_id, version FROM old_projects
    ) visible
  );
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
