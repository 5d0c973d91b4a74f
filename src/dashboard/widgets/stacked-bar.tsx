import type { BatchFieldsFragment } from '../../generated/dashboard-gql/graphql.ts';
import { countOf, GROUPS } from '../batch/groups.ts';
import { useFormats } from '../text/format.ts';
import { useTexts } from '../text/locale.ts';
import { STATUS_TEXTS } from '../text/status-texts.ts';
import classes from './stacked-bar.module.css';

/** The projects of a batch by state, as parts of one bar, with or without a legend of numbers. */
export function StackedBar({ batch, label, legend }: { batch: BatchFieldsFragment; label: string; legend: boolean }) {
  const { group: names } = useTexts(STATUS_TEXTS);
  const { number } = useFormats();
  const parts = GROUPS.map((group) => ({ group, count: countOf(batch, group) }));
  const present = parts.filter(({ count }) => count > 0);
  const text = present.map(({ group, count }) => `${names[group]} ${number(count)}`).join(', ');
  return (
    <div className={classes['root']}>
      <div className={classes['bar']} role="img" aria-label={`${label}: ${text}`}>
        {present.map(({ group, count }) => (
          <span key={group} data-tone={group} style={{ flexGrow: count }} />
        ))}
      </div>
      {legend && (
        <dl className={classes['legend']}>
          {parts.map(({ group, count }) => (
            <div key={group} data-tone={group} data-none={count === 0 || undefined}>
              <dt>{names[group]}</dt>
              <dd data-testid={`count-${group}`}>{number(count)}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
