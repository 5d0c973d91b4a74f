ALTER TABLE projects
  ADD COLUMN version integer NOT NULL DEFAULT 1,
  ADD COLUMN captions_url text,
  ADD CONSTRAINT projects_version_check CHECK (version >= 1);

-- What was published before has its captions beside the video. Done while nothing watches the new
-- column yet, as it is no change of any project.
UPDATE projects SET captions_url = regexp_replace(video_url, '/video\.mp4$', '/captions.vtt')
WHERE video_url LIKE '/library/%/video.mp4';

-- A project's version grows by one with each change that a client can see, and by nothing else:
-- leases and tries do not count, and what is written to the column itself is put aside.
CREATE FUNCTION derive_project_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.version := 1;
  ELSE
    NEW.version := OLD.version + (
      (NEW.status, NEW.progress, NEW.name, NEW.attempt, NEW.error_message,
        NEW.youtube_url, NEW.video_url, NEW.thumbnail_url, NEW.captions_url)
      IS DISTINCT FROM
      (OLD.status, OLD.progress, OLD.name, OLD.attempt, OLD.error_message,
        OLD.youtube_url, OLD.video_url, OLD.thumbnail_url, OLD.captions_url)
    )::int;
  END IF;
  RETURN NEW;
END $$;

-- Triggers fire in the order of their names: this one after derive_project, which makes the progress.
CREATE TRIGGER derive_project_version BEFORE INSERT OR UPDATE ON projects
  FOR EACH ROW EXECUTE FUNCTION derive_project_version();

-- As before, but that a project's own version now tells whether a client can see the change.
CREATE OR REPLACE FUNCTION count_updated_projects() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  affected constant uuid[] := ARRAY(
    SELECT DISTINCT batch_id FROM (
      SELECT id, batch_id, version FROM new_projects
      EXCEPT
      SELECT id, batch_id, version FROM old_projects
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
