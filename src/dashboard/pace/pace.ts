/** How many projects had been completed at a moment. */
export interface Point {
  /** ISO 8601. */
  readonly at: string;
  readonly completed: number;
}

/** How fast projects are completed. */
export interface Pace {
  readonly rate: number;
  readonly per: 'minute' | 'hour';
}

const MINUTE_MS = 60_000;

/** The pace from the first point to the last, in the unit that gives a number one can grasp; undefined where there is none yet. */
export function paceOf(points: readonly Point[]): Pace | undefined {
  const [first, last] = [points.at(0), points.at(-1)];
  if (first === undefined || last === undefined || last.completed === 0) {
    return undefined;
  }
  const minutes = (Date.parse(last.at) - Date.parse(first.at)) / MINUTE_MS;
  if (minutes <= 0) {
    return undefined;
  }
  const rate = last.completed / minutes;
  return rate >= 1 ? { rate, per: 'minute' } : { rate: rate * 60, per: 'hour' };
}

/** The points at which something had been completed since the one before, and the first and the last. */
export function stepsIn(points: readonly Point[]): Point[] {
  return points.filter(
    ({ completed }, index) => index === 0 || index === points.length - 1 || completed !== points[index - 1]?.completed,
  );
}

/** The index of the point that is nearest in time; points are in order. 0 where there are none. */
export function nearestPoint(points: readonly Point[], atMs: number): number {
  let best = 0;
  let distance = Number.POSITIVE_INFINITY;
  points.forEach(({ at }, index) => {
    const away = Math.abs(Date.parse(at) - atMs);
    if (away < distance) {
      [best, distance] = [index, away];
    }
  });
  return best;
}
