import { type KeyboardEvent, lazy, Suspense } from 'react';
import { useLocation } from 'wouter';
import { patiently } from '../api/patiently.ts';
import { Loading } from '../frame/notices.tsx';
import { useTitle } from '../frame/title.ts';
import { useTexts } from '../text/locale.ts';
import { FailureNotice, RemovalNotice } from './bar-notice.tsx';
import { useDraftSession } from './draft-session.ts';
import { idOf } from './field-path.ts';
import { focusField } from './focus-field.ts';
import classes from './new-batch-page.module.css';
import { PageHead } from './page-head.tsx';
import { ProblemSummary } from './problem-summary.tsx';
import { messageAt } from './problems.ts';
import { SettingsSection } from './settings-section.tsx';
import { SubmitBar } from './submit-bar.tsx';
import { TextField } from './text-field.tsx';
import { NEW_BATCH_TEXTS } from './texts.ts';
import { TextsSection } from './texts-section.tsx';
import { useIncoming } from './use-incoming.ts';
import { useLimits } from './use-limits.ts';
import { useProblems } from './use-problems.ts';
import { useRemovals } from './use-removals.ts';
import { useSubmit } from './use-submit.ts';

// Hardly ever wanted.
const ConflictDialog = lazy(patiently(() => import('./conflict-dialog.tsx')));

/** Where a batch is made: a name, texts, settings. */
export default function NewBatchPage() {
  const texts = useTexts(NEW_BATCH_TEXTS);
  useTitle(texts.title);
  const [state, session] = useDraftSession();
  const service = useLimits();
  const problems = useProblems(state, service.limits);
  const { submit, submitSecond } = useSubmit(session, service, problems);
  const { remove, undo, write } = useRemovals(session);
  const [, navigate] = useLocation();
  const { draft, removal, isSending, outcome } = state;
  const { edit } = session;
  const { limits } = service;
  const { shown } = problems;
  const incoming = useIncoming(limits.maxProjectsPerBatch - draft.texts.length, edit);
  // What is still being read belongs to it.
  const create = () => incoming.percentRead === undefined && void submit();

  if (!state.isLoaded) {
    return <Loading />;
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      create();
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a short cut for the button at the end.
    <div className={classes['page']} onKeyDown={onKeyDown}>
      <PageHead state={state} onDiscard={() => remove('discard')} onTakeUp={session.takeUp} />
      <ProblemSummary draft={draft} shown={shown} edit={edit} />
      <fieldset className={classes['form']} disabled={isSending} aria-label={texts.title}>
        <div className={classes['card']}>
          <TextField
            id={idOf('name')}
            label={texts.name}
            value={draft.name}
            onChange={(name) => edit({ type: 'rename', name })}
            error={messageAt(shown, 'name')}
            hint={texts.nameHint}
          />
        </div>
        <div className={classes['card']}>
          <TextsSection
            draft={draft}
            limits={limits}
            shown={shown}
            incoming={incoming}
            edit={edit}
            onRemove={remove}
            onWrite={write}
          />
        </div>
        <div className={classes['card']}>
          <SettingsSection draft={draft} limits={limits} shown={shown} edit={edit} />
        </div>
      </fieldset>
      <SubmitBar
        draft={draft}
        limits={limits}
        isSending={isSending}
        isReady={incoming.percentRead === undefined}
        onSubmit={create}
        onGoTo={(field) => focusField(field, edit)}
      >
        <FailureNotice outcome={outcome} limits={limits} />
        <RemovalNotice removal={removal} onUndo={undo} />
      </SubmitBar>
      {outcome?.kind === 'conflict' && (
        <Suspense>
          <ConflictDialog
            batch={outcome.batch}
            onOpenBatch={() => {
              session.forgetOutcome();
              navigate(`/batches/${outcome.batch.id}`);
            }}
            onCreateSecond={() => void submitSecond()}
            onClose={session.forgetOutcome}
          />
        </Suspense>
      )}
    </div>
  );
}
