import { useDropzone } from 'react-dropzone';
import { showToast } from '../frame/toasts.tsx';
import { useTexts } from '../text/locale.ts';
import { Button } from '../widgets/button.tsx';
import { Icon } from '../widgets/icon.tsx';
import type { Draft, Edit } from './draft.ts';
import field from './field.module.css';
import { idOf } from './field-path.ts';
import { IncomingReport } from './incoming-report.tsx';
import type { Limits } from './limits.ts';
import { messageAt, type Shown } from './problems.ts';
import { ENDINGS } from './read-files.ts';
import { TextEditor } from './text-editor.tsx';
import { TextList } from './text-list.tsx';
import { NEW_BATCH_TEXTS } from './texts.ts';
import classes from './texts-section.module.css';
import { useIncoming } from './use-incoming.ts';

/** The id of the button that chooses files. */
export const CHOOSE_FILES = 'new-batch-choose-files';

const ERROR = 'new-batch-projects-error';

/** The texts of a draft: how they come in, the list of them, and the one that is open. */
export function TextsSection({
  draft,
  limits,
  shown,
  edit,
  onRemove,
  onWrite,
}: {
  draft: Draft;
  limits: Limits;
  shown: readonly Shown[];
  edit: (edit: Edit) => void;
  onRemove: (edit: Edit & { type: 'removeText' | 'removeTexts' }) => void;
  onWrite: () => void;
}) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  const incoming = useIncoming(limits.maxProjectsPerBatch - draft.texts.length, edit);
  const { getRootProps, getInputProps, isDragActive, isProcessing, open } = useDropzone({
    noClick: true,
    noKeyboard: true,
    // Whatever is pasted is taken for the whole page.
    noPaste: true,
    onDrop: (files) => void incoming.takeFiles(files),
    onError: () => showToast(texts.dropFailed, undefined, 'error'),
  });
  const error = messageAt(shown, 'projects');
  const position = draft.texts.findIndex(({ key }) => key === draft.selected);
  const text = draft.texts[position];
  const isReading = incoming.isReading || isProcessing;
  const removeText = (key: number) => onRemove({ type: 'removeText', key });
  return (
    <section
      {...getRootProps({ role: undefined, tabIndex: -1 })}
      id={idOf('projects')}
      className={classes['section']}
      data-drag={isDragActive || undefined}
      aria-labelledby="new-batch-texts-title"
      aria-describedby={error === undefined ? undefined : ERROR}
      aria-busy={isReading}
    >
      <input {...getInputProps({ accept: ENDINGS.join(), 'aria-label': texts.chooseFiles })} data-testid="files" />
      <div className={classes['head']}>
        <h2 id="new-batch-texts-title">{texts.texts}</h2>
        <div className={classes['buttons']}>
          <Button id={CHOOSE_FILES} icon="upload" onClick={open}>
            {texts.chooseFiles}
          </Button>
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
      {isReading && <p role="status">{texts.reading}</p>}
      {incoming.report !== undefined && (
        <IncomingReport report={incoming.report} limits={limits} onClose={incoming.closeReport} />
      )}
      {draft.texts.length === 0 ? (
        <div className={classes['empty']}>
          <Icon name="file" size={32} />
          <p className={classes['dropHere']}>{texts.dropHere}</p>
          <p className={field['hint']}>{texts.dropHint}</p>
        </div>
      ) : (
        <>
          <p className={field['hint']}>{texts.textsHint}</p>
          <div className={classes['split']}>
            <TextList texts={draft.texts} selected={draft.selected} limits={limits} edit={edit} onRemove={removeText} />
            {text !== undefined && (
              <TextEditor
                // A text field of its own for each text, with an undo of its own.
                key={text.key}
                text={text}
                position={position}
                count={draft.texts.length}
                limits={limits}
                shown={shown}
                edit={edit}
                onRemove={removeText}
              />
            )}
          </div>
        </>
      )}
      {isDragActive && (
        <div className={classes['overlay']} aria-hidden="true">
          <Icon name="upload" size={28} />
          {texts.dropNow}
        </div>
      )}
    </section>
  );
}
