import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useFormats } from '../text/format.ts';
import { useTexts } from '../text/locale.ts';
import hidden from '../widgets/hidden.module.css';
import { Icon } from '../widgets/icon.tsx';
import { faultsOfText, measureText } from './check.ts';
import type { DraftText, Edit } from './draft.ts';
import { TEXT_LIST } from './element-ids.ts';
import { idOf } from './field-path.ts';
import { focusId } from './focus-field.ts';
import type { Limits } from './limits.ts';
import classes from './text-list.module.css';
import { NEW_BATCH_TEXTS } from './texts.ts';

const ROW_PX = 40;
const PAGE = 10;

/** How far each key goes. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: -PAGE,
  PageDown: PAGE,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/**
 * All texts of a draft, of which one is open. The keyboard stays on the list itself, which names the
 * open one as its active option: of 10,000 only those in view are in the page.
 */
export function TextList({
  texts: rows,
  selected,
  limits,
  edit,
  onRemove,
}: {
  texts: readonly DraftText[];
  selected: number | null;
  limits: Limits;
  edit: (edit: Edit) => void;
  onRemove: (key: number) => void;
}) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  const list = useRef<HTMLDivElement>(null);
  const index = rows.findIndex(({ key }) => key === selected);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => list.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
    rangeExtractor: (range) => {
      const inView = defaultRangeExtractor(range);
      return index < 0 || index >= range.count || inView.includes(index)
        ? inView
        : [...inView, index].sort((one, other) => one - other);
    },
  });
  useEffect(() => {
    if (index >= 0) {
      virtualizer.scrollToIndex(index);
    }
  }, [virtualizer, index]);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step !== undefined) {
      const next = rows[Math.max(0, Math.min(rows.length - 1, index + step))];
      if (next !== undefined) {
        edit({ type: 'select', key: next.key });
      }
    } else if (event.key === 'Delete' && selected !== null) {
      onRemove(selected);
    } else if (event.key === 'Enter' && selected !== null) {
      focusId(idOf({ key: selected, part: 'content' }));
    } else {
      return;
    }
    event.preventDefault();
  };

  return (
    <div
      ref={list}
      id={TEXT_LIST}
      className={classes['list']}
      role="listbox"
      tabIndex={0}
      aria-label={texts.list}
      aria-description={texts.listKeys}
      aria-activedescendant={index < 0 || selected === null ? undefined : optionId(selected)}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" className={classes['rows']} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const row = rows[item.index];
          return (
            row !== undefined && (
              <TextRow
                key={row.key}
                text={row}
                index={item.index}
                count={rows.length}
                startPx={item.start}
                isSelected={row.key === selected}
                limits={limits}
                onSelect={() => edit({ type: 'select', key: row.key })}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

function optionId(key: number): string {
  return `new-batch-text-${key}`;
}

function TextRow({
  text,
  index,
  count,
  startPx,
  isSelected,
  limits,
  onSelect,
}: {
  text: DraftText;
  index: number;
  count: number;
  startPx: number;
  isSelected: boolean;
  limits: Limits;
  onSelect: () => void;
}) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  const { number } = useFormats();
  const { characters } = measureText(text).content;
  const faults = faultsOfText(text, limits);
  const isFaulty = faults.name !== undefined || faults.content !== undefined;
  const name = text.name.trim() === '' ? texts.untitled : text.name;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard is on the list, as aria-activedescendant has it.
    <div
      id={optionId(text.key)}
      className={classes['row']}
      style={{ height: ROW_PX, transform: `translateY(${startPx}px)` }}
      role="option"
      tabIndex={-1}
      aria-selected={isSelected}
      aria-posinset={index + 1}
      aria-setsize={count}
      onClick={onSelect}
    >
      <span className={classes['mark']} data-faulty={isFaulty || undefined}>
        <Icon name={isFaulty ? 'alert' : 'check'} size={16} />
      </span>
      <span className={classes['name']}>{name}</span>
      <span className={classes['count']}>{number(characters)}</span>
      <span className={hidden['hidden']}>{isFaulty ? texts.listedFaulty : texts.listed}</span>
    </div>
  );
}
