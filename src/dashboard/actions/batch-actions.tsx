import { lazy, Suspense, useState } from 'react';
import type { BatchFieldsFragment } from '../../generated/dashboard-gql/graphql.ts';
import { patiently } from '../api/patiently.ts';
import { useMayControl } from '../session/use-viewer.ts';
import { useTexts } from '../text/locale.ts';
import { Button, IconButton } from '../widgets/button.tsx';
import { useKeptFocus } from '../widgets/use-kept-focus.ts';
import { type Action, applicableTo } from './applicable.ts';
import classes from './batch-actions.module.css';
import { ACTION_TEXTS } from './texts.ts';
import { useBatchAction } from './use-batch-action.ts';

// Loaded when it is first asked for.
const CancelDialog = lazy(patiently(() => import('./cancel-dialog.tsx')));

/** Pause and resume are one button, which has the focus before and after. */
function keyOf(action: Action): Action {
  return action === 'resume' ? 'pause' : action;
}

/** The buttons of what can be done to a batch, by whoever may; nothing else is offered. `compact`: pictures alone. */
export function BatchActions({ batch, compact = false }: { batch: BatchFieldsFragment; compact?: boolean }) {
  const texts = useTexts(ACTION_TEXTS);
  const { run, isBusy } = useBatchAction(batch);
  const [question, setQuestion] = useState<'open' | 'closed'>();
  const keptFocus = useKeptFocus();
  const actions = useMayControl() ? applicableTo(batch) : [];
  if (question === 'open' && !actions.includes('cancel')) {
    // There is nothing left to ask.
    setQuestion('closed');
  }
  const start = (action: Action) => (action === 'cancel' ? setQuestion('open') : void run(action));
  return (
    <span className={classes['actions']} {...keptFocus}>
      {actions.map((action) =>
        compact ? (
          <IconButton
            key={keyOf(action)}
            icon={action}
            label={texts.of(texts[action], batch.name)}
            tip={texts[action]}
            disabled={isBusy(action)}
            focusableWhenDisabled
            onClick={() => start(action)}
          />
        ) : (
          <Button
            key={keyOf(action)}
            icon={action}
            disabled={isBusy(action)}
            focusableWhenDisabled
            onClick={() => start(action)}
          >
            {texts[action]}
          </Button>
        ),
      )}
      {question !== undefined && (
        <Suspense>
          <CancelDialog
            batch={batch}
            open={question === 'open'}
            onClose={() => setQuestion('closed')}
            onConfirm={() => void run('cancel')}
          />
        </Suspense>
      )}
    </span>
  );
}
