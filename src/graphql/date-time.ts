import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { builder } from './builder.ts';

/** Date, time and offset. A time without an offset would mean something else on each server. */
const INSTANT =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

function parseInstant(value: unknown): Date {
  if (typeof value === 'string' && INSTANT.test(value) && isInCalendar(value)) {
    return new Date(value);
  }
  throw new GraphQLError(
    `DateTime must be an ISO 8601 instant with an offset, such as 2026-11-22T10:00:00.000Z (current: ${JSON.stringify(value)})`,
  );
}

/** Date takes 30 February for 2 March. */
function isInCalendar(instant: string): boolean {
  const day = instant.slice(0, 10);
  return new Date(day).toISOString().startsWith(day);
}

function printInstant(value: unknown): string {
  if (value instanceof Date) {
    return value.toISOString();
  }
  throw new TypeError(`not a Date: ${String(value)}`);
}

builder.addScalarType(
  'DateTime',
  new GraphQLScalarType<Date, string>({
    name: 'DateTime',
    description:
      'An instant in UTC, ISO 8601 with milliseconds (2026-11-22T10:00:00.000Z). As input, any full ISO 8601 instant with an offset.',
    specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
    coerceOutputValue: printInstant,
    coerceInputValue: parseInstant,
    coerceInputLiteral: (node) =>
      parseInstant(node.kind === Kind.STRING ? node.value : `a literal of kind ${node.kind}`),
  }),
);
