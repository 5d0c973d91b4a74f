import { Slider } from '@base-ui/react/slider';
import { type PointerEvent, use, useMemo, useRef, useState } from 'react';
import { useFormats } from '../text/format.ts';
import { LanguageContext, useTexts } from '../text/locale.ts';
import { Disclosure } from '../widgets/disclosure.tsx';
import { layOut, MARGIN, tickFormat } from './chart-layout.ts';
import { ChartPlot } from './chart-plot.tsx';
import classes from './completion-chart.module.css';
import { CompletionTable } from './completion-table.tsx';
import { nearestPoint, type Point, paceOf } from './pace.ts';
import { PACE_TEXTS } from './texts.ts';
import { useWidth } from './use-width.ts';

const HEIGHT = 260;

/**
 * Completed projects over time. A moment can be looked at with the pointer, or with the slider below
 * by touch and by keyboard; without that it shows the newest.
 */
export function CompletionChart({ points, total }: { points: readonly Point[]; total: number }) {
  const texts = useTexts(PACE_TEXTS);
  const { number, exactMoment } = useFormats();
  const { formatTag } = use(LanguageContext);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [chosenMs, setChosenMs] = useState<number>();
  const layout = useMemo(() => layOut(points, total, { width, height: HEIGHT }), [points, total, width]);
  const [first, last] = [points.at(0), points.at(-1)];
  const lastIndex = points.length - 1;
  const index = chosenMs === undefined ? lastIndex : nearestPoint(points, chosenMs);
  const point = points[index];
  if (first === undefined || last === undefined || point === undefined) {
    return null;
  }
  const choose = (wanted: number) => {
    const at = points[wanted]?.at;
    // The newest stays the newest as time goes on.
    setChosenMs(wanted === lastIndex || at === undefined ? undefined : Date.parse(at));
  };
  const readout = (each: Point) => `${exactMoment(each.at)}: ${texts.completed(number(each.completed))}`;
  const follow = ({ clientX, currentTarget }: PointerEvent<SVGSVGElement>) =>
    setChosenMs(layout.momentAt(clientX - currentTarget.getBoundingClientRect().left));
  return (
    <>
      <div className={classes['head']}>
        <p>
          <strong data-testid="completed">{texts.done(number(last.completed), total)}</strong> <Rate points={points} />
        </p>
        <p className={classes['readout']} data-testid="readout">
          {readout(point)}
        </p>
      </div>
      <div ref={box} className={classes['box']} style={{ minHeight: HEIGHT }}>
        {width > 0 && (
          <ChartPlot
            layout={layout}
            size={{ width, height: HEIGHT }}
            chosen={index}
            label={texts.summary(last.completed, total, exactMoment(first.at), exactMoment(last.at))}
            totalLabel={texts.total(number(total))}
            formatTime={tickFormat(formatTag, Date.parse(last.at) - Date.parse(first.at))}
            onPointerMove={follow}
            onPointerLeave={() => setChosenMs(undefined)}
          />
        )}
      </div>
      <Slider.Root
        className={classes['slider']}
        style={{ marginLeft: MARGIN.left, marginRight: MARGIN.right }}
        min={0}
        max={lastIndex}
        largeStep={10}
        value={index}
        onValueChange={choose}
      >
        <Slider.Control className={classes['control']}>
          <Slider.Track className={classes['track']}>
            <Slider.Thumb
              className={classes['thumb']}
              aria-label={texts.moment}
              getAriaValueText={(_text, value) => readout(points[value] ?? point)}
            />
          </Slider.Track>
        </Slider.Control>
      </Slider.Root>
      <Disclosure title={texts.asTable}>
        <CompletionTable points={points} />
      </Disclosure>
    </>
  );
}

function Rate({ points }: { points: readonly Point[] }) {
  const texts = useTexts(PACE_TEXTS);
  const { formatTag } = use(LanguageContext);
  const pace = paceOf(points);
  if (pace === undefined) {
    return null;
  }
  const rate = pace.rate.toLocaleString(formatTag, { maximumSignificantDigits: pace.rate < 100 ? 2 : 3 });
  return <span className={classes['rate']}>{pace.per === 'minute' ? texts.perMinute(rate) : texts.perHour(rate)}</span>;
}
