import type { BatchStatus } from '../generated/prisma/client.ts';
import { builder } from './builder.ts';

const values: Record<BatchStatus, { description: string }> = {
  QUEUED: { description: 'No project has started.' },
  RUNNING: { description: 'At least one project has started and at least one has not ended.' },
  PAUSED: { description: 'Nothing new starts; what runs is left to end. resumeBatch goes on.' },
  COMPLETED: { description: 'Every project has ended: completed, failed or cancelled.' },
  FAILED: {
    description:
      'More projects failed than failureLimit allows: nothing new starts. It has ended once runningProjects is 0.',
  },
  CANCELLED: {
    description: 'cancelBatch was called. Like FAILED, it has ended once runningProjects is 0.',
  },
};

/** How a batch is doing. */
export const BatchStatusEnum = builder.enumType('BatchStatus', {
  description:
    'How a batch is doing. The database derives it from the counters and from what was asked of the batch, so that it is always true.',
  values,
});
