import type { BatchFieldsFragment, ProjectStatus } from '../../generated/dashboard-gql/graphql.ts';

/** The five groups of project statuses that a batch has counters of, in the order in which they are shown. */
export const GROUPS = ['completed', 'running', 'waiting', 'failed', 'cancelled'] as const;

export type Group = (typeof GROUPS)[number];

/** The statuses of a group: the same sets that the batch's counters count. */
export const STATUSES_OF: Record<Group, readonly ProjectStatus[]> = {
  waiting: ['INITIALIZED'],
  running: [
    'SCRIPT_GENERATING',
    'SCRIPT_GENERATED',
    'ASSETS_GENERATING',
    'ASSETS_GENERATED',
    'RENDERING',
    'RENDERED',
    'THUMBNAIL_GENERATING',
    'THUMBNAIL_GENERATED',
    'UPLOADING',
  ],
  completed: ['COMPLETED'],
  failed: ['FAILED'],
  cancelled: ['CANCELLED'],
};

/** The group that a status belongs to. */
export function groupOf(status: ProjectStatus): Group {
  return GROUPS.find((group) => STATUSES_OF[group].includes(status)) ?? 'running';
}

/** Whether a text from an address names a group. */
export function isGroup(text: string | null): text is Group {
  return GROUPS.some((group) => group === text);
}

/** How many projects of the batch are in a group. */
export function countOf(batch: BatchFieldsFragment, group: Group): number {
  return batch[`${group}Projects`];
}
