import { z } from 'zod';
import { type EventKey, type EventRow, listEvents } from '../batches/list-events.ts';
import { BatchObject } from './batch.ts';
import { BatchEventObject } from './batch-event.ts';
import { builder } from './builder.ts';
import { type CursorList, readConnection } from './connections.ts';

function listOf(batchId: string): CursorList<EventRow, EventKey, [number, number]> {
  return {
    name: `events of ${batchId}`,
    place: z.tuple([z.int32(), z.int32()]),
    placeOf: ({ version, ordinal }) => [version, ordinal],
    keyOf: ([version, ordinal]) => ({ version, ordinal }),
  };
}

builder.objectField(BatchObject, 'events', (t) =>
  t.connection(
    {
      type: BatchEventObject,
      description: "The batch's history, oldest first. Old entries are removed after some weeks.",
      resolve: ({ id }, args, { database }) =>
        readConnection(listOf(id), args, (page) => listEvents(database, id, page)),
    },
    { description: 'A page of the history of a batch.' },
    { description: 'An event in the history of its batch.' },
  ),
);
