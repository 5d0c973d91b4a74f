import { useFormats } from '../text/format.ts';
import { useTexts } from '../text/locale.ts';
import { Button } from '../widgets/button.tsx';
import { Icon } from '../widgets/icon.tsx';
import { isBlank } from './draft.ts';
import type { DraftState } from './draft-session.ts';
import type { DraftHead } from './draft-storage.ts';
import classes from './page-head.module.css';
import { NEW_BATCH_TEXTS } from './texts.ts';

/** What page this is, whether the draft is kept, and a draft that was left elsewhere. */
export function PageHead({
  state: { draft, kept, other },
  onDiscard,
  onTakeUp,
}: {
  state: DraftState;
  onDiscard: () => void;
  onTakeUp: (other: DraftHead) => void;
}) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  const { moment } = useFormats();
  const isEmpty = isBlank(draft);
  return (
    <>
      <div className={classes['head']}>
        <h1>{texts.title}</h1>
        {!isEmpty && (
          <p className={classes['kept']} data-kept={kept} data-testid="kept">
            <Icon name={kept === 'failed' ? 'alert' : 'check'} size={16} />
            {kept === 'failed' ? texts.notKept : kept === 'kept' ? texts.kept : texts.keeping}
          </p>
        )}
        {!isEmpty && (
          <Button kind="quiet" icon="trash" onClick={onDiscard}>
            {texts.discard}
          </Button>
        )}
      </div>
      {isEmpty && other !== undefined && (
        <div className={classes['other']}>
          <p>{texts.other(other.name, other.order.length, moment(new Date(other.changedAt).toISOString()))}</p>
          <Button onClick={() => onTakeUp(other)}>{texts.takeUp}</Button>
        </div>
      )}
    </>
  );
}
