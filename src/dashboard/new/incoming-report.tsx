import { useTexts } from '../text/locale.ts';
import { IconButton } from '../widgets/button.tsx';
import classes from './incoming-report.module.css';
import type { Limits } from './limits.ts';
import { NEW_BATCH_TEXTS } from './texts.ts';
import type { Incoming } from './use-incoming.ts';

/** How many refused files are named. */
const NAMED = 50;

/** What came of the last files: how many are texts now, and why the others are not. */
export function IncomingReport({
  report: { added, refused },
  limits,
  onClose,
}: {
  report: NonNullable<Incoming['report']>;
  limits: Limits;
  onClose: () => void;
}) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  const reasons = { ...texts.refusals, room: texts.refusals.room(limits.maxProjectsPerBatch) };
  return (
    <div className={classes['report']} data-refused={refused.length > 0 || undefined} data-testid="report">
      <div className={classes['head']}>
        <p className={classes['title']}>{texts.added(added, refused.length)}</p>
        <IconButton icon="close" label={texts.close} onClick={onClose} />
      </div>
      {refused.length > 0 && (
        <ul className={classes['refused']} aria-label={texts.refused}>
          {refused.slice(0, NAMED).map(({ name, reason }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two files may have one name, and the list never changes.
            <li key={index}>
              <strong>{name}</strong>
              {texts.colon + reasons[reason]}
            </li>
          ))}
          {refused.length > NAMED && <li>{texts.moreRefused(refused.length - NAMED)}</li>}
        </ul>
      )}
    </div>
  );
}
