import { useFormats } from '../text/format.ts';
import { useTexts } from '../text/locale.ts';
import { type Point, stepsIn } from './pace.ts';
import classes from './table.module.css';
import { PACE_TEXTS } from './texts.ts';

/** What the chart shows, as a table. */
export function CompletionTable({ points }: { points: readonly Point[] }) {
  const texts = useTexts(PACE_TEXTS);
  const { number, exactMoment } = useFormats();
  return (
    <table className={classes['table']} aria-label={texts.title}>
      <thead>
        <tr>
          <th scope="col">{texts.time}</th>
          <th scope="col">{texts.count}</th>
        </tr>
      </thead>
      <tbody>
        {stepsIn(points).map(({ at, completed }) => (
          <tr key={at}>
            <td>
              <time dateTime={at}>{exactMoment(at)}</time>
            </td>
            <td>{number(completed)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
