import { listProjectEvents } from '../batches/list-events.ts';
import { BatchEventObject } from './batch-event.ts';
import { builder } from './builder.ts';
import { readConnection } from './connections.ts';
import { eventsOf } from './event-cursors.ts';
import { connectionCost } from './field-costs.ts';
import { ProjectObject } from './project.ts';

builder.objectField(ProjectObject, 'events', (t) =>
  t.connection(
    {
      type: BatchEventObject,
      description: "The project's own history, oldest first. Old entries are removed after some weeks.",
      complexity: connectionCost,
      resolve: ({ id }, args, { database, limits }) =>
        readConnection(eventsOf(id), args, limits, (page) => listProjectEvents(database, id, page)),
    },
    { description: 'A page of the history of a project.' },
    { description: 'An event in the history of its project.' },
  ),
);
