import type { EventRow } from '../batches/list-events.ts';
import { BatchEventKindEnum } from './batch-event-kind.ts';
import { builder } from './builder.ts';
import { ProjectChange } from './project-change.ts';

/** One entry of a batch's history. */
export const BatchEventObject = builder.objectRef<EventRow>('BatchEvent').implement({
  description: "One entry of a batch's history.",
  fields: (t) => ({
    kind: t.expose('kind', { type: BatchEventKindEnum, description: 'What it was that happened.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    version: t.exposeInt('version', { description: 'The batch version that this event produced.' }),
    change: t.field({
      type: ProjectChange,
      nullable: true,
      description: 'What changed, where the kind is PROJECT_STATUS_CHANGED.',
      resolve: ({ project, fromStatus, toStatus, at }) =>
        project === null || toStatus === null ? null : { project, from: fromStatus, to: toStatus, at },
    }),
  }),
});
