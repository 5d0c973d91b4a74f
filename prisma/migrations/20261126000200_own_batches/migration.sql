-- Whose a batch is: the subject of the token that made it, or '' where the service asks nobody who
-- they are.
ALTER TABLE batches
  ADD COLUMN owner text NOT NULL DEFAULT '',
  ADD CONSTRAINT batches_owner_check CHECK (char_length(owner) <= 255);

-- A key stands for a batch among those of its owner: nobody learns of the keys of another.
DROP INDEX batches_idempotency_key_key;
CREATE UNIQUE INDEX batches_owner_idempotency_key_key ON batches (owner, idempotency_key);
CREATE INDEX batches_owner_created_at_id_idx ON batches (owner, created_at, id);

CREATE FUNCTION refuse_new_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a batch cannot change its owner' USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- Costs nothing where no owner is written.
CREATE TRIGGER refuse_new_owner BEFORE UPDATE OF owner ON batches
  FOR EACH ROW WHEN (NEW.owner <> OLD.owner) EXECUTE FUNCTION refuse_new_owner();

-- The keys that the processes sign with, so that what one has signed holds for all of them, and
-- after a restart.
CREATE TABLE signing_keys (
  name text NOT NULL,
  key bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT signing_keys_pkey PRIMARY KEY (name),
  CONSTRAINT signing_keys_key_check CHECK (octet_length(key) = 32)
);
