import type { Message } from './messages.ts';
import { say } from './messages.ts';

/** The codes of the mistakes that a caller can act on; the same as ErrorCode in the contract. */
export const ERROR_CODES = [
  'BATCH_NOT_FOUND',
  'PROJECT_NOT_FOUND',
  'INVALID_INPUT',
  'INVALID_STATE',
  'IDEMPOTENCY_CONFLICT',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** A mistake the caller can act on. Its text is made from `said` in the caller's language. */
export abstract class DomainError extends Error {
  abstract readonly code: ErrorCode;
  readonly said: Message;

  constructor(said: Message) {
    super(say(said, 'en'));
    this.said = said;
    this.name = this.constructor.name;
  }
}

/** There is no such batch. */
export class BatchNotFound extends DomainError {
  readonly code = 'BATCH_NOT_FOUND';
  /** The id as the caller gave it. */
  readonly batchId: string;

  constructor(batchId: string) {
    super({ key: 'batchNotFound' });
    this.batchId = batchId;
  }
}

/** There is no such project, or not in that batch. */
export class ProjectNotFound extends DomainError {
  readonly code = 'PROJECT_NOT_FOUND';
  /** The id as the caller gave it. */
  readonly projectId: string;

  constructor(projectId: string) {
    super({ key: 'projectNotFound' });
    this.projectId = projectId;
  }
}

/** One offending value: its path inside the input, for example projects[0].content. */
export interface Issue {
  readonly field: string;
  readonly said: Message;
}

/** Input that breaks a rule. Carries every offending value, in input order; at least one. */
export class InvalidInput extends DomainError {
  readonly code = 'INVALID_INPUT';
  readonly issues: readonly [Issue, ...Issue[]];

  constructor(issues: readonly [Issue, ...Issue[]]) {
    super(issues[0].said);
    this.issues = issues;
  }
}

/** The batch, as it is, does not allow that. Carries the batch's id. */
export class InvalidState extends DomainError {
  readonly code = 'INVALID_STATE';
  /** UUID of the batch. */
  readonly batchUuid: string;

  constructor(batchUuid: string, said: Message) {
    super(said);
    this.batchUuid = batchUuid;
  }
}

/** The idempotency key was already used with another input. Carries the id of the batch that it made. */
export class IdempotencyConflict extends DomainError {
  readonly code = 'IDEMPOTENCY_CONFLICT';
  /** UUID of the batch. */
  readonly batchUuid: string;

  constructor(batchUuid: string) {
    super({ key: 'idempotencyConflict' });
    this.batchUuid = batchUuid;
  }
}

/** Why the service can't start: what an operator did or can mend. The message is fit to be shown as it is. */
export abstract class StartError extends Error {}
