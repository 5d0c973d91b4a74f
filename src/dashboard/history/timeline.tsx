import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { Loading, Notice } from '../frame/notices.tsx';
import { useTexts } from '../text/locale.ts';
import { Button } from '../widgets/button.tsx';
import { usePageTop } from '../widgets/use-page-top.ts';
import { HISTORY_TEXTS } from './texts.ts';
import classes from './timeline.module.css';
import { TimelineEvent } from './timeline-event.tsx';
import { useBatchLog } from './use-batch-log.ts';

/** About how high an event is, in CSS pixels; each is measured once it is drawn. */
const EVENT_HEIGHT = 44;
/** Events drawn above and below those that are seen. */
const OVERSCAN = 10;

/**
 * The events of a batch, of which only those that are seen are drawn. Older ones are read when one
 * comes near the end of the list. What is new appears on top; whoever has scrolled down keeps what
 * they look at in its place.
 */
export function Timeline({ batchId, onlyMilestones }: { batchId: string; onlyMilestones: boolean }) {
  const texts = useTexts(HISTORY_TEXTS);
  const { log, state, startedAt } = useBatchLog(batchId, onlyMilestones);
  const { events, hasOlder, isLoadingOlder, hasFailed } = state;
  const list = useRef<HTMLOListElement>(null);
  const top = usePageTop(list);
  const virtualizer = useWindowVirtualizer({
    count: events.length,
    estimateSize: () => EVENT_HEIGHT,
    getItemKey: (index) => events[index]?.cursor ?? index,
    overscan: OVERSCAN,
    scrollMargin: top,
    anchorTo: window.scrollY > top ? 'end' : 'start',
  });
  const drawn = virtualizer.getVirtualItems();
  const isNearEnd = (drawn.at(-1)?.index ?? -1) >= events.length - 2 * OVERSCAN;
  useEffect(() => {
    if (isNearEnd && hasOlder && !hasFailed && !isLoadingOlder) {
      void log.loadOlder();
    }
  }, [log, isNearEnd, hasOlder, hasFailed, isLoadingOlder]);

  if (!state.isRead && !hasFailed) {
    return <Loading />;
  }
  return (
    <>
      <ol
        ref={list}
        className={classes['list']}
        aria-label={texts.label}
        style={{ height: virtualizer.getTotalSize() }}
      >
        {drawn.map(({ key, index, start }) => {
          const event = events[index];
          return (
            event !== undefined && (
              <li
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                className={classes['item']}
                style={{ transform: `translateY(${start - top}px)` }}
                aria-posinset={index + 1}
                aria-setsize={hasOlder ? -1 : events.length}
              >
                <TimelineEvent batchId={batchId} event={event.node} startedAt={startedAt} />
              </li>
            )
          );
        })}
      </ol>
      {hasFailed ? (
        <Notice title={texts.failed}>
          <Button onClick={() => void (state.isRead && hasOlder ? log.loadOlder() : log.catchUp())}>
            {texts.retry}
          </Button>
        </Notice>
      ) : hasOlder ? (
        <p className={classes['end']}>
          <Button kind="quiet" disabled={isLoadingOlder} focusableWhenDisabled onClick={() => void log.loadOlder()}>
            {isLoadingOlder ? texts.loading : texts.older}
          </Button>
        </p>
      ) : (
        events.at(-1)?.node.kind !== 'CREATED' && <p className={classes['end']}>{texts.pruned}</p>
      )}
    </>
  );
}
