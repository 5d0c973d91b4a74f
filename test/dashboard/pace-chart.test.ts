import { expect, test } from 'vitest';
import { layOut, MARGIN, tickFormat } from '../../src/dashboard/pace/chart-layout.ts';
import { nearestPoint, type Point, paceOf, stepsIn } from '../../src/dashboard/pace/pace.ts';

const START = Date.parse('2026-11-26T10:00:00.000Z');
const SIZE = { width: 800, height: 260 };

/** Points a second apart with these counts. */
function pointsOf(counts: readonly number[], apartMs = 1_000): Point[] {
  return counts.map((completed, at) => ({ at: new Date(START + at * apartMs).toISOString(), completed }));
}

test('a chart goes from its first moment to its last, and from nothing up to what is completed', () => {
  const { places, countTicks, totalY } = layOut(pointsOf([0, 3, 10]), 1_000, SIZE);
  expect(places.map(({ x }) => x)).toEqual([MARGIN.left, (MARGIN.left + SIZE.width - MARGIN.right) / 2, 788]);
  expect(places[0]?.y).toBe(SIZE.height - MARGIN.bottom);
  expect(places[2]?.y).toBe(MARGIN.top);
  expect(countTicks.map(({ count }) => count)).toEqual([0, 2, 4, 6, 8, 10]);
  expect(totalY).toBeUndefined();
});

test('a chart reaches up to all projects once half of them are completed', () => {
  const { places, totalY } = layOut(pointsOf([0, 5]), 10, SIZE);
  expect(totalY).toBe(MARGIN.top);
  expect(places[1]?.y).toBe((MARGIN.top + SIZE.height - MARGIN.bottom) / 2);
});

test('a chart counts in whole projects, even where none is completed', () => {
  const { countTicks, line } = layOut(pointsOf([0, 0]), 5, SIZE);
  expect(countTicks.map(({ count }) => count)).toEqual([0, 1]);
  expect(line).not.toContain('NaN');
});

test('the labels of the axis of time never touch each other or the edge, however long it is', () => {
  for (const width of [300, 390, 760, 1_200]) {
    for (const [seconds, label] of [
      [2, 84],
      [47, 84],
      [180, 84],
      [1_000, 62],
      [3_600, 62],
      [86_400, 62],
      [3 * 86_400, 104],
      [90 * 86_400, 56],
    ] as const) {
      const { timeTicks } = layOut(pointsOf([0, 1], seconds * 1_000), 5, { width, height: 260 });
      const places = timeTicks.map(({ x }) => x);
      const gaps = places.slice(1).map((x, at) => x - (places[at] ?? 0));
      expect(Math.min(...gaps, 1_000), `${width} px, ${seconds} s`).toBeGreaterThan(label);
      expect(Math.max(...places, 0)).toBeLessThanOrEqual(width - label / 2);
      expect(places.length, `${width} px, ${seconds} s`).toBeGreaterThan(0);
    }
  }
});

test('a place on the chart is the moment that is drawn there', () => {
  const points = pointsOf([0, 1, 2, 3]);
  const { places, momentAt } = layOut(points, 5, SIZE);
  expect(places.map(({ x }) => nearestPoint(points, momentAt(x + 20)))).toEqual([0, 1, 2, 3]);
});

test('moments are written as the length of the axis asks for', () => {
  const at = new Date(2026, 10, 26, 15, 4, 5);
  expect(tickFormat('en-GB', 10_000).format(at)).toBe('15:04:05');
  expect(tickFormat('en-GB', 3_600_000).format(at)).toBe('15:04');
  expect(tickFormat('en-GB', 48 * 3_600_000).format(at)).toBe('26 Nov, 15');
  expect(tickFormat('en-GB', 30 * 24 * 3_600_000).format(at)).toBe('26 Nov');
  expect(tickFormat('zh-TW', 30 * 24 * 3_600_000).format(at)).toBe('11月26日');
});

test('the pace is told in the unit that gives a number one can grasp', () => {
  expect(paceOf(pointsOf([0, 4], 60_000))).toEqual({ rate: 4, per: 'minute' });
  expect(paceOf(pointsOf([0, 1], 10 * 60_000))).toEqual({ rate: 6, per: 'hour' });
  expect(paceOf(pointsOf([0, 0]))).toBeUndefined();
  expect(paceOf(pointsOf([3]))).toBeUndefined();
  expect(paceOf([])).toBeUndefined();
});

test('the table leaves out the moments at which nothing was new, but not the first and the last', () => {
  expect(stepsIn(pointsOf([0, 0, 1, 1, 1, 4, 4])).map(({ completed }) => completed)).toEqual([0, 1, 4, 4]);
});
