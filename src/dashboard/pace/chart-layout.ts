import { type ScaleTime, scaleLinear, scaleTime } from 'd3-scale';
import { area, curveStepAfter, line } from 'd3-shape';
import type { Point } from './pace.ts';

/** The room around the plot for its axes, in CSS pixels. */
export const MARGIN = { top: 18, right: 12, bottom: 26, left: 46 };

/** Between the labels of the axis of numbers, in CSS pixels. */
const TICK_HEIGHT = 48;

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
  const plotHeight = size.height - MARGIN.top - MARGIN.bottom;
  return {
    area: area<{ x: number; y: number }>(shape.x, count(0), shape.y).curve(curveStepAfter)(places) ?? '',
    line: line<{ x: number; y: number }>(shape.x, shape.y).curve(curveStepAfter)(places) ?? '',
    places,
    timeTicks: timeTicks(time, spanOf(points)),
    countTicks: count
      .ticks(Math.max(2, Math.floor(plotHeight / TICK_HEIGHT)))
      .filter(Number.isInteger)
      .map((value) => ({ y: count(value), count: value })),
    totalY: reachesTotal ? count(total) : undefined,
    momentAt: (x) => time.invert(x).getTime(),
  };
}

/**
 * Ticks at round times. They may be more than have room, as there are not round times of any length:
 * every second or third of them then. None stands where its label would reach over the right edge.
 */
function timeTicks(time: ScaleTime<number, number>, spanMs: number): ChartLayout['timeTicks'] {
  const { widthPx } = tickStyle(spanMs);
  const [left = 0, right = 0] = time.range();
  const ticks = time.ticks(Math.max(2, Math.floor((right - left) / widthPx))).map((at) => ({ x: time(at), at }));
  const apart = (ticks[1]?.x ?? 0) - (ticks[0]?.x ?? 0);
  const step = Math.max(1, Math.ceil(widthPx / Math.max(1, apart)));
  return ticks.filter(({ x }, index) => index % step === 0 && x <= right + MARGIN.right - widthPx / 2 + TICK_GAP / 2);
}

/** Milliseconds from the first point to the last. */
function spanOf(points: readonly Point[]): number {
  return Date.parse(points.at(-1)?.at ?? '') - Date.parse(points.at(0)?.at ?? '');
}

const HOUR_MS = 3_600_000;
/** Between two labels at least; their width has it included. */
const TICK_GAP = 16;

/** How moments are written on an axis of so many milliseconds, and how wide that is at most, in CSS pixels. */
function tickStyle(spanMs: number): { options: Intl.DateTimeFormatOptions; widthPx: number } {
  if (spanMs < HOUR_MS / 4) {
    return { options: { timeStyle: 'medium' }, widthPx: 100 };
  }
  if (spanMs < 36 * HOUR_MS) {
    return { options: { timeStyle: 'short' }, widthPx: 78 };
  }
  const day = { month: 'short', day: 'numeric' } as const;
  return spanMs < 8 * 24 * HOUR_MS
    ? { options: { ...day, hour: 'numeric' }, widthPx: 120 }
    : { options: day, widthPx: 72 };
}

/** Writes moments on an axis of so many milliseconds. */
export function tickFormat(tag: string, spanMs: number): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(tag, tickStyle(spanMs).options);
}
