import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Access, SqlTransaction } from '../database/access.ts';
import type { Batch } from '../database/models.ts';
import type { Statement } from '../database/statement.ts';
import { retried } from '../database/transaction.ts';
import { IdempotencyConflict, InvalidInput } from '../errors.ts';
import { type BatchInput, type BatchLimits, checkInput } from './input.ts';
import type { ProjectQueue } from './queue.ts';
import { batchOf, type JsonRow, selectBatch } from './rows.ts';

/** The batch that a call of createBatch stands for. */
export interface CreatedBatch {
  batch: Batch;
  /** True where the idempotency key had already made this batch. */
  replayed: boolean;
}

/**
 * Writes a batch, its projects and their jobs in one transaction. Throws InvalidInput with every
 * mistake, or IdempotencyConflict where the owner used the key with another input.
 */
export async function createBatch(
  access: Access,
  queue: ProjectQueue,
  limits: BatchLimits,
  input: BatchInput,
): Promise<CreatedBatch> {
  // It takes its time, and stands for the input where that may come again only.
  const hash = input.idempotencyKey == null ? null : hashOf(input);
  // Before the checks: what was in the future when the batch was made may be past now.
  const made = await findReplay(access, input, hash);
  if (made !== undefined) {
    return made;
  }
  const [first, ...rest] = checkInput(input, limits, new Date());
  if (first !== undefined) {
    throw new InvalidInput([first, ...rest]);
  }
  const batch = await retried(() =>
    access.transaction(async (tx) => {
      const [id, projectIds] = [uuidv7(), input.projects.map(() => uuidv7())];
      if (!(await insertAll(tx, id, projectIds, input, hash))) {
        return undefined;
      }
      await queue.enqueue(tx, projectIds);
      return readNew(tx, id);
    }),
  );
  if (batch !== undefined) {
    return { batch, replayed: false };
  }
  // Another call with the same key got there first, and has committed.
  return createBatch(access, queue, limits, input);
}

async function findReplay(
  { prisma }: Pick<Access, 'prisma'>,
  { owner, idempotencyKey }: BatchInput,
  hash: string | null,
): Promise<CreatedBatch | undefined> {
  if (idempotencyKey == null || !idempotencyKey.isWellFormed() || idempotencyKey.includes('\0')) {
    return undefined;
  }
  const batch = await prisma.batch.findUnique({ where: { owner_idempotencyKey: { owner, idempotencyKey } } });
  if (batch === null) {
    return undefined;
  }
  if (batch.inputHash !== hash) {
    throw new IdempotencyConflict(batch.id);
  }
  return { batch, replayed: true };
}

/** Equal for equal inputs of one owner, whatever order the client gave their fields in. */
function hashOf(input: BatchInput): string {
  const { privacy, publishType, publishAt, aiContentFlag } = input.youtubeSettings ?? {};
  const normalised = [
    input.name,
    input.projects.map(({ name, content }) => [name, content]),
    input.configurationId ?? null,
    input.promptTemplateId ?? null,
    input.geminiModel,
    input.youtubeSettings == null ? null : [privacy, publishType, publishAt?.toISOString() ?? null, aiContentFlag],
    input.failureLimit ?? null,
  ];
  return createHash('sha256').update(JSON.stringify(normalised)).digest('hex');
}

/**
 * A batch and its projects in one statement, however many: so that the batch gets one version for
 * them, and 10,000 are quick.
 */
const INSERT_BATCH: Statement = {
  name: 'insert_batch',
  text: `
    WITH batch AS (
      INSERT INTO batches (id, name, owner, failure_limit, configuration_id, prompt_template_id, gemini_model,
        youtube_privacy, youtube_publish_type, youtube_publish_at, youtube_ai_content_flag,
        idempotency_key, input_hash)
      VALUES ($1::uuid, $2::text, $3::text, $4::int, $5::uuid, $6::uuid, $7::text,
        $8::youtube_privacy, $9::youtube_publish_type, $10::timestamptz, $11::boolean, $12::text, $13::text)
      ON CONFLICT DO NOTHING
      RETURNING *
    ), projects AS (
      INSERT INTO projects (id, batch_id, position, name, content, created_at,
        configuration_id, prompt_template_id, gemini_model,
        youtube_privacy, youtube_publish_type, youtube_publish_at, youtube_ai_content_flag)
      SELECT p.id, b.id, p.ordinality - 1, p.name, p.content, b.created_at,
        b.configuration_id, b.prompt_template_id, b.gemini_model,
        b.youtube_privacy, b.youtube_publish_type, b.youtube_publish_at, b.youtube_ai_content_flag
      FROM batch b, unnest($14::uuid[], $15::text[], $16::text[])
        WITH ORDINALITY AS p (id, name, content, ordinality)
    )
    SELECT id::text AS id FROM batch`,
};

/** False where the idempotency key is taken. Waits for a transaction that is about to take it. */
async function insertAll(
  tx: SqlTransaction,
  id: string,
  projectIds: readonly string[],
  input: BatchInput,
  inputHash: string | null,
): Promise<boolean> {
  const youtube = input.youtubeSettings;
  const inserted = await tx.query(INSERT_BATCH, [
    id,
    input.name,
    input.owner,
    input.failureLimit ?? null,
    input.configurationId ?? null,
    input.promptTemplateId ?? null,
    input.geminiModel,
    youtube?.privacy ?? null,
    youtube?.publishType ?? null,
    youtube?.publishAt ?? null,
    youtube?.aiContentFlag ?? null,
    input.idempotencyKey ?? null,
    inputHash,
    projectIds,
    input.projects.map(({ name }) => name),
    input.projects.map(({ content }) => content),
  ]);
  return inserted.length === 1;
}

const READ_BATCH: Statement = {
  name: 'read_batch',
  text: `SELECT to_json(b) AS batch FROM (SELECT ${selectBatch('batches')} FROM batches WHERE id = $1::uuid) b`,
};

/** The batch as the triggers have counted it. */
async function readNew(tx: SqlTransaction, id: string): Promise<Batch> {
  const [row] = await tx.query<{ batch: JsonRow<Batch> }>(READ_BATCH, [id]);
  if (row === undefined) {
    throw new Error(`batch ${id} is gone in the transaction that has made it`);
  }
  return batchOf(row.batch);
}
