import { setTimeout as delay } from 'node:timers/promises';
import type { BatchSummaryFragment, CreateBatchInput } from '../generated/cli-gql/graphql.ts';
import { request, type Service } from './client.ts';
import { CreateBatch } from './documents.ts';
import { ConnectionError, RefusedError } from './failures.ts';
import { refusalOf, type Text } from './texts.ts';

/** A batch that was just made. */
export interface SubmittedBatch {
  batch: BatchSummaryFragment;
  /** True where the idempotency key had made it before. */
  replayed: boolean;
}

/** What a new batch is made of, besides its texts. The key makes one batch of however many tries. */
export type BatchSettings = Omit<CreateBatchInput, 'projects' | 'idempotencyKey'> & { idempotencyKey: string };

/** Waits between tries, in milliseconds; after the last try the error is told. */
const RETRY_PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** Which option gives what a field of the input holds. */
const OPTIONS: Readonly<Record<string, string>> = {
  name: '--name',
  geminiModel: '--model',
  configurationId: '--configuration-id',
  promptTemplateId: '--prompt-template-id',
  'youtubeSettings.privacy': '--privacy',
  'youtubeSettings.publishAt': '--publish-at',
  failureLimit: '--failure-limit',
  idempotencyKey: '--idempotency-key',
};

/**
 * Makes a batch of texts. Where the connection breaks in the middle, and nobody knows whether the
 * batch was made, it tries again: with the same key that makes the same batch. Throws RefusedError
 * with a line for everything that the service refused, or ConnectionError.
 */
export async function submit(
  service: Service,
  settings: BatchSettings,
  texts: readonly Text[],
): Promise<SubmittedBatch> {
  const projects = texts.map(({ name, content }) => ({ name, content }));
  const { createBatch } = await trying(service, () =>
    request(service, CreateBatch, { input: { ...settings, projects } }),
  );
  switch (createBatch.__typename) {
    case 'CreateBatchSuccess':
      return createBatch;
    case 'InvalidInputError':
      throw refusalOf(createBatch.issues.map(({ field, message }) => `${originOf(field, texts)}: ${message}`));
    case 'IdempotencyConflictError':
      throw new RefusedError(
        `--idempotency-key: ${createBatch.message}, which made ${createBatch.batch.id}: give another`,
      );
  }
}

async function trying<T>({ signal }: Service, run: () => Promise<T>): Promise<T> {
  // Where it was reached once, it is there, and comes back: what can't be reached at all is not tried for.
  let reached = false;
  for (const pauseMs of RETRY_PAUSES_MS) {
    try {
      return await run();
    } catch (error) {
      reached ||= error instanceof ConnectionError && error.reached;
      if (!reached || !(error instanceof ConnectionError)) {
        throw error;
      }
    }
    await delay(pauseMs, undefined, { signal });
  }
  return run();
}

/** Where the user gave the value of a field: a file, or an option. */
function originOf(field: string, texts: readonly Text[]): string {
  const position = /^projects\[(\d+)\]/.exec(field)?.[1];
  return texts[Number(position)]?.file ?? OPTIONS[field] ?? field;
}
