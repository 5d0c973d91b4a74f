import type { BatchEventKind } from '../generated/prisma/client.ts';
import { builder } from './builder.ts';

const values: Record<BatchEventKind, { description: string }> = {
  CREATED: { description: 'The batch was made.' },
  PROJECT_STATUS_CHANGED: { description: 'A project went from one status to another; see change.' },
  PAUSED: { description: 'pauseBatch was called.' },
  RESUMED: { description: 'resumeBatch was called, or retryBatch opened a batch that had ended while it was paused.' },
  CANCELLED: { description: 'cancelBatch was called.' },
  RETRIED: { description: 'retryBatch sent projects back to work.' },
  FAILURE_LIMIT_EXCEEDED: { description: 'More projects had failed than failureLimit allows.' },
  FINISHED: { description: 'The batch ended: nothing of it runs, and nothing is left to start.' },
};

/** What can happen to a batch. */
export const BatchEventKindEnum = builder.enumType('BatchEventKind', {
  description: 'What can happen to a batch.',
  values,
});
