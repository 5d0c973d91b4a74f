import { listEvents } from '../batches/list-events.ts';
import { BatchObject } from './batch.ts';
import { BatchEventObject } from './batch-event.ts';
import { BatchEventKindEnum } from './batch-event-kind.ts';
import { builder } from './builder.ts';
import { readConnection } from './connections.ts';
import { eventsOf } from './event-cursors.ts';
import { connectionCost } from './field-costs.ts';

builder.objectField(BatchObject, 'events', (t) =>
  t.connection(
    {
      type: BatchEventObject,
      description: "The batch's history, oldest first. Old entries are removed after some weeks.",
      args: {
        kind: t.arg({ type: [BatchEventKindEnum], description: 'Only events of any of these kinds.' }),
      },
      complexity: connectionCost,
      resolve: ({ id }, { kind, ...args }, { database, limits }) =>
        readConnection(eventsOf(id), args, limits, (page) => listEvents(database, id, kind, page)),
    },
    { description: 'A page of the history of a batch.' },
    { description: 'An event in the history of its batch.' },
  ),
);
