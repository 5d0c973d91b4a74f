import { GraphQLScalarType, Kind } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../src/graphql/index.ts';

const dateTime = schema.getType('DateTime');
if (!(dateTime instanceof GraphQLScalarType)) {
  throw new TypeError('DateTime is no scalar');
}

test.each([
  ['2026-11-22T10:00:00.000Z', '2026-11-22T10:00:00.000Z'],
  ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
  ['2026-11-22T18:00:00.5+08:00', '2026-11-22T10:00:00.500Z'],
  ['2026-11-22T02:30:00.123456-07:30', '2026-11-22T10:00:00.123Z'],
  ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
])('%s is an instant, printed in UTC with milliseconds', (input, output) => {
  expect(dateTime.coerceOutputValue(dateTime.coerceInputValue(input))).toBe(output);
  expect(dateTime.coerceInputLiteral?.({ kind: Kind.STRING, value: input })).toEqual(new Date(output));
});

test.each([
  '2026-11-22',
  '2026-11-22T10:00:00',
  '2026-11-22 10:00:00Z',
  '2026-11-22T10:00Z',
  '2026-11-22T24:00:00Z',
  '2026-11-22T10:00:60Z',
  '2026-02-30T10:00:00Z',
  '2027-02-29T10:00:00Z',
  '2026-13-01T10:00:00Z',
  '2026-11-22T10:00:00+8:00',
  '20261122T100000Z',
  'tomorrow',
  '',
  1_795_000_000_000,
  null,
  true,
  new Date(),
])('%j is no instant', (input) => {
  expect(() => dateTime.coerceInputValue(input)).toThrow(/^DateTime must be an ISO 8601 instant with an offset/);
});

test('a number that is written out in a document is no instant', () => {
  expect(() => dateTime.coerceInputLiteral?.({ kind: Kind.INT, value: '1795000000000' })).toThrow(
    /must be an ISO 8601/,
  );
});

test('only dates are printed', () => {
  expect(() => dateTime.coerceOutputValue('2026-11-22T10:00:00.000Z')).toThrow(TypeError);
});
