import type { ProjectHistoryQuery } from '../../generated/dashboard-gql/graphql.ts';
import type { EventLogState } from '../history/event-log.ts';

/** An event in the history of a project. */
export type ProjectEvent = NonNullable<
  NonNullable<NonNullable<ProjectHistoryQuery['project']>['events']['edges'][number]>['node']
>;

/**
 * Milliseconds between an event and the one before it in a list that is newest first; for the first
 * of all, since the project was made. Undefined where that is not known.
 */
export function sinceBeforeMs(
  { events, hasOlder }: Pick<EventLogState<ProjectEvent>, 'events' | 'hasOlder'>,
  index: number,
  createdAt: string | undefined,
): number | undefined {
  const event = events[index]?.node;
  const isFirst = index === events.length - 1;
  const before = isFirst && !hasOlder && !isPruned(events.at(-1)?.node) ? createdAt : events[index + 1]?.node.at;
  return event === undefined || before === undefined
    ? undefined
    : Math.max(0, Date.parse(event.at) - Date.parse(before));
}

/** Whether something happened before what is the first event of a history now: projects begin by waiting. */
export function isPruned(first: ProjectEvent | undefined): boolean {
  return first?.change != null && first.change.from !== null && first.change.from !== 'INITIALIZED';
}
