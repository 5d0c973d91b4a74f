import type { Draft, Edit } from './draft.ts';
import type { Limits } from './limits.ts';
import type { Shown } from './problems.ts';
import { TextEditor } from './text-editor.tsx';
import { TextList } from './text-list.tsx';
import classes from './text-workbench.module.css';

/** The list of texts, and beside it the one that is open. */
export default function TextWorkbench({
  draft: { texts, selected },
  limits,
  shown,
  edit,
  onRemove,
}: {
  draft: Draft;
  limits: Limits;
  shown: readonly Shown[];
  edit: (edit: Edit) => void;
  onRemove: (key: number) => void;
}) {
  const position = texts.findIndex(({ key }) => key === selected);
  const text = texts[position];
  return (
    <div className={classes['bench']}>
      <TextList texts={texts} selected={selected} limits={limits} edit={edit} onRemove={onRemove} />
      {text !== undefined && (
        <TextEditor
          // A text field of its own for each text, with an undo of its own.
          key={text.key}
          text={text}
          position={position}
          count={texts.length}
          limits={limits}
          shown={shown}
          edit={edit}
          onRemove={onRemove}
        />
      )}
    </div>
  );
}
