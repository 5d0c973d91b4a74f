-- What happened to a batch itself is a handful among the status changes of thousands of projects.
CREATE INDEX batch_events_control_idx ON batch_events (batch_id, version, ordinal)
  WHERE project_id IS NULL;
