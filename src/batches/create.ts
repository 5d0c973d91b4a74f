import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Database, PrismaTransaction } from '../database/database.ts';
import type { Batch } from '../database/models.ts';
import { inTransaction } from '../database/transaction.ts';
import { IdempotencyConflict, InvalidInput } from '../errors.ts';
import { type BatchInput, type BatchLimits, checkInput } from './input.ts';
import { readBatch } from './lock.ts';
import type { ProjectQueue } from './queue.ts';

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
  { prisma }: Pick<Database, 'prisma'>,
  queue: ProjectQueue,
  limits: BatchLimits,
  input: BatchInput,
): Promise<CreatedBatch> {
  // It takes its time, and stands for the input where that may come again only.
  const hash = input.idempotencyKey == null ? null : hashOf(input);
  // Before the checks: what was in the future when the batch was made may be past now.
  const made = await findReplay(prisma, input, hash);
  if (made !== undefined) {
    return made;
  }
  const [first, ...rest] = checkInput(input, limits, new Date());
  if (first !== undefined) {
    throw new InvalidInput([first, ...rest]);
  }
  const id = uuidv7();
  const batch = await inTransaction(prisma, async (tx) => {
    if (!(await insertBatch(tx, id, input, hash))) {
      return undefined;
    }
    const projectIds = input.projects.map(() => uuidv7());
    await insertProjects(tx, id, projectIds, input.projects);
    await queue.enqueue(tx, projectIds);
    return readBatch(tx, id);
  });
  if (batch !== undefined) {
    return { batch, replayed: false };
  }
  // Another call with the same key got there first, and has committed.
  return createBatch({ prisma }, queue, limits, input);
}

async function findReplay(
  prisma: Database['prisma'],
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

/** False where the idempotency key is taken. Waits for a transaction that is about to take it. */
async function insertBatch(
  tx: PrismaTransaction,
  id: string,
  input: BatchInput,
  inputHash: string | null,
): Promise<boolean> {
  const youtube = input.youtubeSettings;
  const { count } = await tx.batch.createMany({
    data: {
      id,
      name: input.name,
      owner: input.owner,
      failureLimit: input.failureLimit ?? null,
      configurationId: input.configurationId ?? null,
      promptTemplateId: input.promptTemplateId ?? null,
      geminiModel: input.geminiModel,
      youtubePrivacy: youtube?.privacy ?? null,
      youtubePublishType: youtube?.publishType ?? null,
      youtubePublishAt: youtube?.publishAt ?? null,
      youtubeAiContentFlag: youtube?.aiContentFlag ?? null,
      idempotencyKey: input.idempotencyKey ?? null,
      inputHash,
    },
    skipDuplicates: true,
  });
  return count === 1;
}

/** One statement, however many: so that the batch gets one new version, and 10,000 are quick. */
async function insertProjects(
  tx: PrismaTransaction,
  batchId: string,
  ids: readonly string[],
  projects: BatchInput['projects'],
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO projects (id, batch_id, position, name, content, created_at,
      configuration_id, prompt_template_id, gemini_model,
      youtube_privacy, youtube_publish_type, youtube_publish_at, youtube_ai_content_flag)
    SELECT p.id, b.id, p.ordinality - 1, p.name, p.content, b.created_at,
      b.configuration_id, b.prompt_template_id, b.gemini_model,
      b.youtube_privacy, b.youtube_publish_type, b.youtube_publish_at, b.youtube_ai_content_flag
    FROM batches b, unnest(
      ${ids}::uuid[],
      ${projects.map(({ name }) => name)}::text[],
      ${projects.map(({ content }) => content)}::text[]
    ) WITH ORDINALITY AS p (id, name, content, ordinality)
    WHERE b.id = ${batchId}::uuid`;
}
