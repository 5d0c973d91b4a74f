import type { ErrorCode } from '../errors.ts';
import { builder } from './builder.ts';

const values: Record<ErrorCode, { description: string }> = {
  BATCH_NOT_FOUND: { description: 'There is no batch with that id.' },
  PROJECT_NOT_FOUND: { description: 'There is no project with that id, or it is of another batch.' },
  INVALID_INPUT: { description: 'The input breaks a rule; field and issues say which.' },
  INVALID_STATE: { description: 'The batch, as it is now, does not allow that.' },
  IDEMPOTENCY_CONFLICT: { description: 'The idempotency key was already used with a different input.' },
};

/** The codes of the mistakes that a caller can act on. */
export const ErrorCodeEnum = builder.enumType('ErrorCode', {
  description: 'The codes of the mistakes that a caller can act on. They never change; messages may.',
  values,
});
