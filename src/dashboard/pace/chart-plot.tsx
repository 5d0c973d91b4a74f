import type { PointerEventHandler } from 'react';
import { useFormats } from '../text/format.ts';
import { type ChartLayout, MARGIN } from './chart-layout.ts';
import classes from './chart-plot.module.css';

/** Half the height of a letter: puts a label beside its line. */
const LABEL_DROP = 4;

/** The picture of a chart, with one of its points marked. To screen readers it is its label. */
export function ChartPlot({
  layout,
  size: { width, height },
  chosen,
  label,
  totalLabel,
  formatTime,
  onPointerMove,
  onPointerLeave,
}: {
  layout: ChartLayout;
  size: { width: number; height: number };
  /** The index of the point that is marked. */
  chosen: number;
  label: string;
  totalLabel: string;
  formatTime: Intl.DateTimeFormat;
  onPointerMove: PointerEventHandler<SVGSVGElement>;
  onPointerLeave: PointerEventHandler<SVGSVGElement>;
}) {
  const { number } = useFormats();
  const { countTicks, timeTicks, totalY } = layout;
  const [left, right, bottom] = [MARGIN.left, width - MARGIN.right, height - MARGIN.bottom];
  const mark = layout.places[chosen];
  return (
    <svg
      className={classes['plot']}
      width={width}
      height={height}
      role="img"
      aria-label={label}
      onPointerMove={onPointerMove}
      onPointerLeave={onPointerLeave}
    >
      {countTicks.map(({ y, count }) => (
        <g key={count}>
          <line className={classes['grid']} x1={left} x2={right} y1={y} y2={y} />
          <text className={classes['label']} x={left - 8} y={y + LABEL_DROP} textAnchor="end">
            {number(count)}
          </text>
        </g>
      ))}
      {timeTicks.map(({ x, at }) => (
        <g key={at.getTime()}>
          <line className={classes['tick']} x1={x} x2={x} y1={bottom} y2={bottom + 5} />
          <text className={classes['label']} x={x} y={bottom + 20} textAnchor="middle">
            {formatTime.format(at)}
          </text>
        </g>
      ))}
      <path className={classes['area']} d={layout.area} />
      <path className={classes['line']} d={layout.line} />
      <line className={classes['tick']} x1={left} x2={right} y1={bottom} y2={bottom} />
      {totalY !== undefined && (
        <>
          <line className={classes['total']} x1={left} x2={right} y1={totalY} y2={totalY} />
          <text className={classes['label']} x={left + 6} y={totalY - 5}>
            {totalLabel}
          </text>
        </>
      )}
      {mark !== undefined && (
        <>
          <line className={classes['cursor']} x1={mark.x} x2={mark.x} y1={MARGIN.top} y2={bottom} />
          <circle className={classes['mark']} cx={mark.x} cy={mark.y} r={5} />
        </>
      )}
    </svg>
  );
}
