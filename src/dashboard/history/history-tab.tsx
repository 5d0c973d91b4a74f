import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import { useSearchParams } from 'wouter';
import { useTexts } from '../text/locale.ts';
import chips from '../widgets/chips.module.css';
import classes from './history-tab.module.css';
import { HISTORY_TEXTS } from './texts.ts';
import { Timeline } from './timeline.tsx';

const SHOWN = ['milestones', 'all'] as const;

/** The history of a batch, newest first and live: its milestones, or everything; which of them stands in the address. */
export default function HistoryTab({ batchId }: { batchId: string }) {
  const texts = useTexts(HISTORY_TEXTS);
  const [params, setParams] = useSearchParams();
  const shown = params.get('events') === 'all' ? 'all' : 'milestones';
  const show = (wanted: (typeof SHOWN)[number]) =>
    setParams((before) => {
      const after = new URLSearchParams(before);
      after.delete('events');
      if (wanted === 'all') {
        after.set('events', wanted);
      }
      return after;
    });
  return (
    <>
      <ToggleGroup
        className={`${chips['group']} ${classes['choice']}`}
        aria-label={texts.show}
        value={[shown]}
        onValueChange={([wanted]) => wanted !== undefined && show(wanted)}
      >
        {SHOWN.map((each) => (
          <Toggle key={each} value={each} className={chips['chip']}>
            {texts[each]}
          </Toggle>
        ))}
      </ToggleGroup>
      <Timeline key={shown} batchId={batchId} onlyMilestones={shown === 'milestones'} />
    </>
  );
}
