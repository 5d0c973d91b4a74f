import type { ProjectFieldsFragment } from '../../generated/dashboard-gql/graphql.ts';
import { projectToneOf } from '../batch/tones.ts';
import { useTexts } from '../text/locale.ts';
import { Icon } from '../widgets/icon.tsx';
import classes from './stage-steps.module.css';
import { STAGE_TEXTS } from './stage-texts.ts';
import { stepsOf } from './stages.ts';
import { PROJECT_TEXTS } from './texts.ts';

/** The five stages of a project: which are done, which runs and how far it is, where it stopped. */
export function StageSteps({ project }: { project: ProjectFieldsFragment }) {
  const texts = useTexts(PROJECT_TEXTS);
  const names = useTexts(STAGE_TEXTS);
  return (
    <ol className={classes['steps']} aria-label={texts.stages}>
      {stepsOf(project).map(({ stage, state, percent }) => (
        <li
          key={stage}
          className={classes['step']}
          data-state={state}
          data-tone={state === 'done' ? 'completed' : projectToneOf(project.status)}
          aria-current={state === 'running' ? 'step' : undefined}
        >
          <span className={classes['bar']} aria-hidden="true">
            <span style={{ width: `${state === 'waiting' ? 0 : percent}%` }} />
          </span>
          <span className={classes['name']}>
            {state === 'done' && <Icon name="check" size={16} />}
            {state === 'stopped' && <Icon name="alert" size={16} />}
            {names[stage]}
          </span>
          <span className={classes['state']}>{texts.steps[state]}</span>
        </li>
      ))}
    </ol>
  );
}
