import { z } from 'zod';
import type { EventKey, EventRow } from '../batches/list-events.ts';
import type { CursorList } from './connections.ts';

/** Version and ordinal. */
const place = z.tuple([z.int32(), z.int32()]);

/** The history of the batch or of the project with this UUID, as a list with cursors. */
export function eventsOf(uuid: string): CursorList<EventRow, EventKey, [number, number]> {
  return {
    name: `events of ${uuid}`,
    place,
    placeOf: ({ version, ordinal }) => [version, ordinal],
    keyOf: ([version, ordinal]) => ({ version, ordinal }),
  };
}
