import { setTimeout as delay } from 'node:timers/promises';
import type { BatchSummaryFragment, CreateBatchInput } from '../generated/cli-gql/graphql.ts';
import { ANSWER_TIMEOUT_MS, request, type Service } from './client.ts';
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

/** Waits between tries; after the last try the error is told. */
const RETRY_PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** No try begins, or goes on, after so long. */
const TOTAL_MS = 120_000;

/** How to try, and whom to tell. */
export interface SubmitOptions {
  /** How long to try altogether. */
  readonly totalMs?: number;
  /** How long to wait for the answer of one try. */
  readonly answerMs?: number;
  /** Told once, before the second try. */
  onRetry?(): void;
}

/** Which option gives what a field of the input holds. */
const OPTIONS: Readonly<Record<string, string>> = {
  name: '--name',
  projects: '<path...>',
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
  options: SubmitOptions = {},
): Promise<SubmittedBatch> {
  const projects = texts.map(({ name, content }) => ({ name, content }));
  const { createBatch } = await trying(service, options, (bounded) =>
    request(bounded, CreateBatch, { input: { ...settings, projects } }),
  ).catch((error: unknown) => {
    throw withKey(error, settings.idempotencyKey);
  });
  switch (createBatch.__typename) {
    case 'CreateBatchSuccess':
      return createBatch;
    case 'InvalidInputError':
      throw refusalOf(
        createBatch.issues.map(({ field, message }) => `${originOf(field, texts)}: ${withoutField(field, message)}`),
      );
    case 'IdempotencyConflictError':
      throw new RefusedError(
        `--idempotency-key: ${createBatch.message}, which made ${createBatch.batch.id}: give another`,
      );
  }
}

async function trying<T>(
  service: Service,
  { totalMs = TOTAL_MS, answerMs = ANSWER_TIMEOUT_MS, onRetry = () => {} }: SubmitOptions,
  run: (service: Service) => Promise<T>,
): Promise<T> {
  const endMs = Date.now() + totalMs;
  // Where it was reached once, it is there, and comes back: what can't be reached at all is not tried for.
  let reached = false;
  for (let tries = 0; ; tries += 1) {
    try {
      return await run({ ...service, answerTimeoutMs: Math.min(answerMs, endMs - Date.now()) });
    } catch (error) {
      reached ||= error instanceof ConnectionError && error.reached;
      const pauseMs = RETRY_PAUSES_MS[tries];
      if (!reached || !(error instanceof ConnectionError) || pauseMs === undefined || Date.now() + pauseMs >= endMs) {
        throw error;
      }
      if (tries === 0) {
        onRetry();
      }
      await delay(pauseMs, undefined, { signal: service.signal });
    }
  }
}

/** Running the command again would make another batch, where the first try made one that nobody heard of. */
function withKey(error: unknown, key: string): unknown {
  return error instanceof ConnectionError && error.reached
    ? new ConnectionError(`${error.message}, with --idempotency-key ${key}, as the batch may be there already`, {
        reached: true,
        cause: error,
      })
    : error;
}

/** Where the user gave the value of a field: a file, or an option. */
function originOf(field: string, texts: readonly Text[]): string {
  const position = /^projects\[(\d+)\]/.exec(field)?.[1];
  return texts[Number(position)]?.file ?? OPTIONS[field] ?? field;
}

/** A message that begins with the field's name, which no user of the client knows, without it. */
function withoutField(field: string, message: string): string {
  const name = field.slice(field.lastIndexOf('.') + 1);
  return message.startsWith(`${name} `) ? message.slice(name.length + 1) : message;
}
