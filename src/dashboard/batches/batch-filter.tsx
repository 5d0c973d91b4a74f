import { Input } from '@base-ui/react/input';
import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import type { BatchStatus } from '../../generated/dashboard-gql/graphql.ts';
import { useTexts } from '../text/locale.ts';
import { STATUS_TEXTS } from '../text/status-texts.ts';
import chips from '../widgets/chips.module.css';
import { Icon } from '../widgets/icon.tsx';
import classes from './batch-filter.module.css';
import { LIST_TEXTS } from './texts.ts';

const STATUSES: readonly BatchStatus[] = ['QUEUED', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED'];

/** Whether a text from an address is a status. */
export function isBatchStatus(text: string): text is BatchStatus {
  return STATUSES.some((status) => status === text);
}

/** Chooses which batches are listed: of any of these statuses, with this text in their name. */
export function BatchFilter({
  statuses,
  search,
  onChange,
}: {
  statuses: readonly BatchStatus[];
  search: string;
  onChange: (statuses: readonly BatchStatus[], search: string) => void;
}) {
  const texts = useTexts(LIST_TEXTS);
  const { batch: names } = useTexts(STATUS_TEXTS);
  return (
    <search className={classes['filter']}>
      <div className={classes['search']}>
        <Icon name="search" />
        <Input
          type="search"
          value={search}
          onValueChange={(text) => onChange(statuses, text)}
          aria-label={texts.search}
          placeholder={texts.search}
        />
      </div>
      <ToggleGroup
        multiple
        className={chips['group']}
        aria-label={texts.filter}
        value={[...statuses]}
        onValueChange={(values) => onChange(values.filter(isBatchStatus), search)}
      >
        {STATUSES.map((status) => (
          <Toggle key={status} value={status} className={chips['chip']}>
            {names[status]}
          </Toggle>
        ))}
      </ToggleGroup>
    </search>
  );
}
