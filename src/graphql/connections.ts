import type { z } from 'zod';
import type { Page, PageArgs } from '../batches/page.ts';
import type { Services } from './context.ts';
import { decodeCursor, encodeCursor } from './cursors.ts';

/** How the rows of one list are found again. */
export interface CursorList<Row, Key, Place extends (string | number)[]> {
  /** What the list is, and whose; no two lists share it. */
  readonly name: string;
  /** What a cursor of this list holds. */
  readonly place: z.ZodType<Place>;
  placeOf(row: Row): Place;
  keyOf(place: Place): Key;
}

/** Relay's arguments as the client gives them. */
export interface ConnectionArgs {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  offset?: number | null | undefined;
}

/** One page as Relay wants it. */
export interface Connection<Row> {
  edges: { cursor: string; node: Row }[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

/** Reads a page of a list. Throws InvalidInput for a wrong page size and for a cursor of another list. */
export async function readConnection<Row, Key, Place extends (string | number)[]>(
  list: CursorList<Row, Key, Place>,
  args: ConnectionArgs,
  { maxPageSize }: Services['limits'],
  read: (page: PageArgs<Key>) => Promise<Page<Row>>,
): Promise<Connection<Row>> {
  const keyAt = (argument: 'after' | 'before') => {
    const place = decodeCursor(argument, args[argument], list.name, list.place);
    return place === undefined ? undefined : list.keyOf(place);
  };
  const { rows, hasNextPage, hasPreviousPage } = await read({
    first: args.first,
    after: keyAt('after'),
    last: args.last,
    before: keyAt('before'),
    offset: args.offset,
    maxSize: maxPageSize,
  });
  // Cursors are made when they are asked for: pages of nodes alone need none.
  const edges = rows.map((node) => ({
    get cursor() {
      return encodeCursor(list.name, list.placeOf(node));
    },
    node,
  }));
  return {
    edges,
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      get startCursor() {
        return edges.at(0)?.cursor ?? null;
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null;
      },
    },
  };
}
