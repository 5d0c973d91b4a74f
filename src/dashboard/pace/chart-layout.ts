import { scaleLinear, scaleTime } from 'd3-scale';
import { area, curveStepAfter, line } from 'd3-shape';
import type { Point } from './pace.ts';

/** The room around the plot for its axes, in CSS pixels. */
export const MARGIN = { top: 18, right: 12, bottom: 26, left: 46 };

/** Room for a label of the axis of time, at best and at least, and for one of the other, in CSS pixels. */
const TICK_WIDTH = 110;
const TICK_MIN_WIDTH = 96;
const TICK_HEIGHT = 48;

/** What a label of the axis of time takes beyond the plot at its right end at most, in CSS pixels. */
const TICK_OVERHANG = 26;

/** A chart of so many CSS pixels: everything that is drawn of it. */
export interface ChartLayout {
  /** Paths for SVG. */
  readonly area: string;
  readonly line: string;
  /** The places of the points. */
  readonly places: readonly { readonly x: number; readonly y: number }[];
  readonly timeTicks: readonly { readonly x: number; readonly at: Date }[];
  readonly countTicks: readonly { readonly y: number; readonly count: number }[];
  /** Where the line of all projects stands; undefined where it is too far above. */
  readonly totalY: number | undefined;
  /** The moment at a place, in milliseconds since 1970. */
  momentAt(x: number): number;
}

/**
 * Lays out the points of a chart, two or more. It reaches up to all projects once half of them are
 * completed: before, they would press the line to the ground.
 */
export function layOut(points: readonly Point[], total: number, size: { width: number; height: number }): ChartLayout {
  const moments = points.map(({ at }) => new Date(at));
  const completed = Math.max(1, ...points.map((point) => point.completed));
  const reachesTotal = completed * 2 >= total;
  const time = scaleTime()
    .domain([moments.at(0) ?? 0, moments.at(-1) ?? 0])
    .range([MARGIN.left, size.width - MARGIN.right]);
  const count = scaleLinear()
    .domain([0, reachesTotal ? Math.max(total, completed) : completed])
    .range([size.height - MARGIN.bottom, MARGIN.top]);
  if (!reachesTotal) {
    count.nice();
  }
  const places = points.map((point, index) => ({ x: time(moments[index] ?? 0), y: count(point.completed) }));
  const shape = { x: (place: { x: number }) => place.x, y: (place: { y: number }) => place.y };
  const plotWidth = size.width - MARGIN.left - MARGIN.right;
  const plotHeight = size.height - MARGIN.top - MARGIN.bottom;
  return {
    area: area<{ x: number; y: number }>(shape.x, count(0), shape.y).curve(curveStepAfter)(places) ?? '',
    line: line<{ x: number; y: number }>(shape.x, shape.y).curve(curveStepAfter)(places) ?? '',
    places,
    timeTicks: sparse(
      time.ticks(Math.max(2, Math.floor(plotWidth / TICK_WIDTH))).map((at) => ({ x: time(at), at })),
      size.width - MARGIN.right,
    ),
    countTicks: count
      .ticks(Math.max(2, Math.floor(plotHeight / TICK_HEIGHT)))
      .filter(Number.isInteger)
      .map((value) => ({ y: count(value), count: value })),
    totalY: reachesTotal ? count(total) : undefined,
    momentAt: (x) => time.invert(x).getTime(),
  };
}

/** Ticks at round times only, which may be more than were wanted: every second or third of them then. */
function sparse<Tick extends { x: number }>(ticks: readonly Tick[], end: number): Tick[] {
  const apart = (ticks[1]?.x ?? 0) - (ticks[0]?.x ?? 0);
  const step = Math.max(1, Math.ceil(TICK_MIN_WIDTH / Math.max(1, apart)));
  return ticks.filter(({ x }, index) => index % step === 0 && x <= end - TICK_OVERHANG);
}

const HOUR_MS = 3_600_000;

/** How moments are written on an axis of so many milliseconds. */
export function tickFormat(tag: string, spanMs: number): Intl.DateTimeFormat {
  if (spanMs < HOUR_MS / 4) {
    return new Intl.DateTimeFormat(tag, { timeStyle: 'medium' });
  }
  if (spanMs < 36 * HOUR_MS) {
    return new Intl.DateTimeFormat(tag, { timeStyle: 'short' });
  }
  const day = { month: 'short', day: 'numeric' } as const;
  return new Intl.DateTimeFormat(tag, spanMs < 8 * 24 * HOUR_MS ? { ...day, hour: 'numeric' } : day);
}
