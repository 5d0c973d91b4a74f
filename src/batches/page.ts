import { InvalidInput } from '../errors.ts';

/** Where a page begins and how long it is: Relay's arguments, with cursors already decoded. */
export interface PageArgs<Key> {
  first?: number | null | undefined;
  after?: Key | undefined;
  last?: number | null | undefined;
  before?: Key | undefined;
  /** Rows to skip first, after `after` where that is given. Only forwards. */
  offset?: number | null | undefined;
  /** How long a page may be; PAGE_MAX unless told otherwise. */
  maxSize?: number | undefined;
}

/** Which rows of a list to read: strictly between two keys, after so many that are skipped, and so many at most. */
export interface PageRange<Key> {
  readonly after?: Key | undefined;
  readonly before?: Key | undefined;
  /** From the list's end. */
  readonly backwards: boolean;
  readonly skip: number;
  readonly limit: number;
}

/** One page of rows, in the order of the list. */
export interface Page<Row> {
  rows: Row[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}

/** Rows of a page, where no length is asked for, and at most unless told otherwise. */
export const PAGE_DEFAULT = 20;
export const PAGE_MAX = 100;

/**
 * Cuts a page from a list by keyset. `fetch` skips so many rows and reads at most `limit` rows
 * strictly between the two keys, beginning at the list's start, or backwards from its end. The keys
 * are values, not rows, so that a row that leaves the filter or is deleted costs no neighbour its
 * place. Throws InvalidInput for a size outside 0 to maxSize, for both directions at once, and for an
 * offset that is negative or goes backwards.
 */
export async function cutPage<Key, Row>(
  args: PageArgs<Key>,
  fetch: (range: PageRange<Key>) => Promise<Row[]>,
): Promise<Page<Row>> {
  const { after, before } = args;
  checkSize('first', args);
  checkSize('last', args);
  if (args.first != null && args.last != null) {
    throw new InvalidInput([{ field: 'last', said: { key: 'pageDirection' } }]);
  }
  const backwards = args.last != null || (args.first == null && before !== undefined);
  const skip = args.offset ?? 0;
  checkOffset(args);
  const size = args.first ?? args.last ?? PAGE_DEFAULT;
  // One more than asked for tells whether there are more.
  const found = await fetch({ after, before, backwards, skip, limit: size + 1 });
  const more = found.length > size;
  const rows = found.slice(0, size);
  if (backwards) {
    return { rows: rows.reverse(), hasPreviousPage: more, hasNextPage: before !== undefined };
  }
  const hasSkipped = async () =>
    skip > 0 && (found.length > 0 || (await fetch({ after, before, backwards, skip: 0, limit: 1 })).length > 0);
  return { rows, hasNextPage: more, hasPreviousPage: after !== undefined || (await hasSkipped()) };
}

function checkSize(argument: 'first' | 'last', args: PageArgs<unknown>): void {
  const { [argument]: actual, maxSize: max = PAGE_MAX } = args;
  if (actual != null && (actual < 0 || actual > max)) {
    const said = { key: 'pageSize', argument, max, actual } as const;
    throw new InvalidInput([{ field: argument, said }]);
  }
}

function checkOffset({ offset, last, before }: PageArgs<unknown>): void {
  if (offset == null) {
    return;
  }
  if (offset < 0) {
    throw new InvalidInput([{ field: 'offset', said: { key: 'offsetNegative', actual: offset } }]);
  }
  if (last != null || before !== undefined) {
    throw new InvalidInput([{ field: 'offset', said: { key: 'offsetBackwards' } }]);
  }
}
