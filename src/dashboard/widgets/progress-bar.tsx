import { Progress } from '@base-ui/react/progress';
import { useFormats } from '../text/format.ts';
import classes from './progress-bar.module.css';
import type { Tone } from './status-badge.tsx';

/** How far something is, 0 to 100, as a bar and as a number. */
export function ProgressBar({ value, label, tone }: { value: number; label: string; tone: Tone }) {
  const { percent } = useFormats();
  const text = percent(value);
  return (
    <Progress.Root
      className={classes['root']}
      value={value}
      aria-label={label}
      getAriaValueText={() => text}
      data-tone={tone}
    >
      <Progress.Track className={classes['track']}>
        <Progress.Indicator className={classes['indicator']} />
      </Progress.Track>
      <span className={classes['value']} aria-hidden="true">
        {text}
      </span>
    </Progress.Root>
  );
}
