import type { BatchPaceQuery } from '../../generated/dashboard-gql/graphql.ts';
import { STAGE_TEXTS } from '../project/stage-texts.ts';
import { useFormats } from '../text/format.ts';
import { useTexts } from '../text/locale.ts';
import classes from './table.module.css';
import { PACE_TEXTS } from './texts.ts';

type BatchStage = NonNullable<BatchPaceQuery['batch']>['stages'][number];

/** How long each stage takes on average, what that is measured on, and how many projects have it before them. */
export function StageTable({ stages, labelledBy }: { stages: readonly BatchStage[]; labelledBy: string }) {
  const texts = useTexts(PACE_TEXTS);
  const names = useTexts(STAGE_TEXTS);
  const { number, preciseDuration } = useFormats();
  const longest = Math.max(1, ...stages.map(({ meanDurationMs }) => meanDurationMs ?? 0));
  return (
    <table className={`${classes['table']} ${classes['stages']}`} aria-labelledby={labelledBy}>
      <thead>
        <tr>
          <th scope="col">{texts.stage}</th>
          <th scope="col">{texts.mean}</th>
          <th scope="col">{texts.measured}</th>
          <th scope="col">{texts.remaining}</th>
        </tr>
      </thead>
      <tbody>
        {stages.map(({ stage, meanDurationMs, measuredProjects, remainingProjects }) => (
          <tr key={stage} data-stage={stage}>
            <th scope="row">{names[stage]}</th>
            <td>
              {meanDurationMs === null ? (
                <span className={classes['none']}>{texts.notMeasured}</span>
              ) : (
                <span className={classes['measure']}>
                  <span className={classes['duration']}>{preciseDuration(meanDurationMs)}</span>
                  <span className={classes['bar']} aria-hidden="true">
                    <span style={{ width: `${(meanDurationMs / longest) * 100}%` }} />
                  </span>
                </span>
              )}
            </td>
            <td>{number(measuredProjects)}</td>
            <td>{number(remainingProjects)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
