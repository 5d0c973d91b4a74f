import { expect, test } from 'vitest';
import { sinceStartMs } from '../../src/dashboard/history/since-start.ts';
import { formatsFor } from '../../src/dashboard/text/format.ts';

test('durations are told in at most two units, and never as nothing', () => {
  const { duration } = formatsFor('en');
  expect([-5, 0, 999, 1_000, 60_000, 192_000, 3_600_000, 90_061_000].map(duration)).toEqual([
    '0s',
    '0s',
    '0s',
    '1s',
    '1m',
    '3m 12s',
    '1h',
    '1d 1h',
  ]);
});

test('what may be over in no time is told more precisely', () => {
  expect([0, 40.6, 999, 1_000, 2_345, 9_999, 10_000, 192_000].map(formatsFor('en').preciseDuration)).toEqual([
    '0ms',
    '40ms',
    '999ms',
    '1.0s',
    '2.3s',
    '9.9s',
    '10s',
    '3m 12s',
  ]);
  expect(formatsFor('zh-TW').preciseDuration(2_345)).toBe('2.3 秒');
});

test('an event is placed by the start of its batch, unless it came before', () => {
  const startedAt = '2026-11-26T10:00:00.000Z';
  expect(sinceStartMs(startedAt, '2026-11-26T10:00:02.500Z')).toBe(2_500);
  expect(sinceStartMs(startedAt, startedAt)).toBe(0);
  expect(sinceStartMs(startedAt, '2026-11-26T09:59:59.999Z')).toBeUndefined();
  expect(sinceStartMs(null, startedAt)).toBeUndefined();
});
