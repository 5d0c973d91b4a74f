import { lazy, Suspense, useRef, useState } from 'react';
import { patiently } from '../api/patiently.ts';
import { Loading } from '../frame/notices.tsx';
import { showToast } from '../frame/show-toast.ts';
import { useTexts } from '../text/locale.ts';
import { Button } from '../widgets/button.tsx';
import { Icon } from '../widgets/icon.tsx';
import { ProgressBar } from '../widgets/progress-bar.tsx';
import type { Draft, Edit } from './draft.ts';
import { CHOOSE_FILES } from './element-ids.ts';
import field from './field.module.css';
import { idOf } from './field-path.ts';
import { IncomingReport } from './incoming-report.tsx';
import type { Limits } from './limits.ts';
import { messageAt, type Shown } from './problems.ts';
import { ENDINGS } from './read-files.ts';
import { NEW_BATCH_TEXTS } from './texts.ts';
import classes from './texts-section.module.css';
import { useDragging } from './use-dragging.ts';
import type { Incoming } from './use-incoming.ts';

// The page comes without what there is no use for yet.
const DropOverlay = lazy(patiently(() => import('./drop-overlay.tsx')));
const TextWorkbench = lazy(patiently(() => import('./text-workbench.tsx')));

const TITLE = 'new-batch-texts-title';
const ERROR = 'new-batch-texts-error';

/** The texts of a draft: how they come in, the list of them, and the one that is open. */
export function TextsSection({
  draft,
  limits,
  shown,
  incoming,
  edit,
  onRemove,
  onWrite,
}: {
  draft: Draft;
  limits: Limits;
  shown: readonly Shown[];
  incoming: Incoming;
  edit: (edit: Edit) => void;
  onRemove: (edit: Edit & { type: 'removeText' | 'removeTexts' }) => void;
  onWrite: () => void;
}) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  const error = messageAt(shown, 'projects');
  const { report } = incoming;
  // That texts came is of no interest once they are gone.
  const isReported = report !== undefined && (draft.texts.length > 0 || report.refused.length > 0);
  return (
    <section
      id={idOf('projects')}
      className={classes['section']}
      tabIndex={-1}
      aria-labelledby={TITLE}
      aria-describedby={error === undefined ? undefined : ERROR}
    >
      <div className={classes['head']}>
        <h2 id={TITLE}>{texts.texts}</h2>
        <div className={classes['buttons']}>
          <FileChooser onFiles={(files) => void incoming.takeFiles(files)} />
          <Button icon="plus" onClick={onWrite}>
            {texts.write}
          </Button>
          {draft.texts.length > 0 && (
            <Button kind="quiet" icon="trash" onClick={() => onRemove({ type: 'removeTexts' })}>
              {texts.removeAll}
            </Button>
          )}
        </div>
      </div>
      {error !== undefined && (
        <p id={ERROR} className={field['error']}>
          <Icon name="alert" size={16} />
          {error}
        </p>
      )}
      {incoming.percentRead !== undefined && (
        <div className={classes['reading']}>
          <p role="status">{texts.reading}</p>
          <ProgressBar value={incoming.percentRead} label={texts.reading} tone="running" />
        </div>
      )}
      {isReported && <IncomingReport report={report} limits={limits} onClose={incoming.closeReport} />}
      {draft.texts.length === 0 ? (
        <div className={classes['empty']}>
          <Icon name="file" size={32} />
          <p className={classes['dropHere']}>{texts.dropHere}</p>
          <p className={field['hint']}>{texts.dropHint}</p>
        </div>
      ) : (
        <>
          <p className={field['hint']}>{texts.textsHint}</p>
          <Suspense fallback={<Loading />}>
            <TextWorkbench
              draft={draft}
              limits={limits}
              shown={shown}
              edit={edit}
              onRemove={(key) => onRemove({ type: 'removeText', key })}
            />
          </Suspense>
        </>
      )}
      <DropTarget
        onFiles={(files) => void incoming.takeFiles(files)}
        onError={() => showToast(texts.dropFailed, undefined, 'error')}
      />
    </section>
  );
}

/** The button that opens the browser's own choice of files. */
function FileChooser({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={ENDINGS.join()}
        data-testid="files"
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          // So that the same files can be chosen again.
          currentTarget.value = '';
        }}
      />
      <Button id={CHOOSE_FILES} icon="upload" onClick={() => input.current?.click()}>
        {texts.chooseFiles}
      </Button>
    </>
  );
}

/** Takes what is dropped anywhere on the page; from the first time on that something is dragged over it. */
function DropTarget({ onFiles, onError }: { onFiles: (files: readonly File[]) => void; onError: () => void }) {
  const isDragging = useDragging(onFiles);
  const [isWanted, setWanted] = useState(false);
  if (isDragging && !isWanted) {
    setWanted(true);
  }
  return (
    isWanted && (
      <Suspense>
        <DropOverlay isShown={isDragging} onFiles={onFiles} onError={onError} />
      </Suspense>
    )
  );
}
