import type { z } from 'zod';
import { InvalidInput } from '../errors.ts';

/**
 * Makes an opaque cursor: the list that it belongs to, and the place in that list. Lists are told
 * apart by what they are and by whose they are, so that a cursor of another list is refused.
 */
export function encodeCursor(list: string, place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([list, ...place])).toString('base64url');
}

/**
 * The place that a cursor stands for; undefined where there is no cursor. Throws InvalidInput,
 * naming the argument, for one that was not made for this list.
 */
export function decodeCursor<Place extends z.ZodType>(
  argument: string,
  cursor: string | null | undefined,
  list: string,
  place: Place,
): z.output<Place> | undefined {
  if (cursor == null) {
    return undefined;
  }
  const [made, ...rest] = parseArray(cursor);
  const parsed = place.safeParse(rest);
  if (made !== list || !parsed.success) {
    throw new InvalidInput([{ field: argument, said: { key: 'badCursor', argument } }]);
  }
  return parsed.data;
}

function parseArray(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
