import type { BatchEventKind } from '../../generated/dashboard-gql/graphql.ts';
import type { Tone } from '../widgets/status-badge.tsx';

/** What is told of the batch itself, not of one of its projects. */
export type Milestone = Exclude<BatchEventKind, 'PROJECT_STATUS_CHANGED'>;

const TONES: Record<Milestone, Tone> = {
  CREATED: 'queued',
  PAUSED: 'paused',
  RESUMED: 'running',
  CANCELLED: 'cancelled',
  RETRIED: 'running',
  FAILURE_LIMIT_EXCEEDED: 'failed',
  FINISHED: 'completed',
};

/** The kinds of events that are milestones. */
export const MILESTONES: readonly Milestone[] = [
  'CREATED',
  'PAUSED',
  'RESUMED',
  'CANCELLED',
  'RETRIED',
  'FAILURE_LIMIT_EXCEEDED',
  'FINISHED',
];

/** What a milestone looks like. */
export function milestoneToneOf(kind: Milestone): Tone {
  return TONES[kind];
}
