import type { BatchFieldsFragment } from '../../generated/dashboard-gql/graphql.ts';

/** What can be done to a batch, in the order in which it is offered. */
export const ACTIONS = ['pause', 'resume', 'retry', 'cancel'] as const;

export type Action = (typeof ACTIONS)[number];

/** What applies to the batch as it is; the service has the last word. */
export function applicableTo(batch: BatchFieldsFragment): Action[] {
  const applies: Record<Action, boolean> = {
    pause: batch.status === 'QUEUED' || batch.status === 'RUNNING',
    resume: batch.status === 'PAUSED',
    retry: batch.failedProjects + batch.cancelledProjects > 0,
    cancel: batch.finishedAt === null && batch.status !== 'CANCELLED',
  };
  return ACTIONS.filter((action) => applies[action]);
}
