import type { BatchStatus, ProjectStatus } from '../../generated/dashboard-gql/graphql.ts';
import type { Tone } from '../widgets/status-badge.tsx';
import { groupOf } from './groups.ts';

const TONES: Record<BatchStatus, Tone> = {
  QUEUED: 'queued',
  RUNNING: 'running',
  PAUSED: 'paused',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
};

/** What a batch of this status looks like. */
export function toneOf(status: BatchStatus): Tone {
  return TONES[status];
}

/** What a project of this status looks like. */
export function projectToneOf(status: ProjectStatus): Tone {
  return groupOf(status);
}
