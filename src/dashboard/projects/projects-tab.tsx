import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import { useSearchParams } from 'wouter';
import type { BatchFieldsFragment } from '../../generated/dashboard-gql/graphql.ts';
import { countOf, GROUPS, type Group, isGroup } from '../batch/groups.ts';
import { BATCH_TEXTS } from '../batch/texts.ts';
import { Notice } from '../frame/notices.tsx';
import { useFormats } from '../text/format.ts';
import { useTexts } from '../text/locale.ts';
import { STATUS_TEXTS } from '../text/status-texts.ts';
import chips from '../widgets/chips.module.css';
import { ProjectTable } from './project-table.tsx';
import classes from './projects-tab.module.css';

/** The projects of a batch, all or those in some of the states; the filter stands in the address. */
export function ProjectsTab({ batch }: { batch: BatchFieldsFragment }) {
  const texts = useTexts(BATCH_TEXTS);
  const { group: names } = useTexts(STATUS_TEXTS);
  const { number } = useFormats();
  const [params, setParams] = useSearchParams();
  const groups = params.getAll('status').filter(isGroup);
  const show = (wanted: readonly Group[]) =>
    setParams((before) => {
      const after = new URLSearchParams(before);
      after.delete('status');
      for (const group of wanted) {
        after.append('status', group);
      }
      return after;
    });
  // The batch's own counters, which are true at every moment.
  const total = groups.length === 0 ? batch.totalProjects : groups.reduce((sum, each) => sum + countOf(batch, each), 0);
  return (
    <>
      <ToggleGroup
        multiple
        className={`${chips['group']} ${classes['filter']}`}
        aria-label={texts.filter}
        value={groups}
        onValueChange={(values) => show(values.filter(isGroup))}
      >
        {GROUPS.map((group) => (
          <Toggle key={group} value={group} className={chips['chip']}>
            {names[group]} <span className={chips['count']}>{number(countOf(batch, group))}</span>
          </Toggle>
        ))}
      </ToggleGroup>
      {total === 0 ? (
        <Notice title={texts.none} />
      ) : (
        <ProjectTable key={groups.join()} batchId={batch.id} groups={groups} total={total} />
      )}
    </>
  );
}
