import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useMemo, useRef } from 'react';
import { type Group, STATUSES_OF } from '../batch/groups.ts';
import { BATCH_TEXTS } from '../batch/texts.ts';
import { useTexts } from '../text/locale.ts';
import { usePageTop } from '../widgets/use-page-top.ts';
import { ProjectRows } from './project-rows.tsx';
import classes from './project-table.module.css';
import { useRowHeight } from './use-row-height.ts';

/** Projects per request: the most that a page of the API has. */
export const PAGE_SIZE = 100;
/** Rows drawn above and below those that are seen. */
const OVERSCAN = 8;

/**
 * A table of any length: only the rows that are seen are drawn, and only the pages that they stand
 * on are read.
 */
export function ProjectTable({ batchId, groups, total }: { batchId: string; groups: readonly Group[]; total: number }) {
  const texts = useTexts(BATCH_TEXTS);
  const body = useRef<HTMLTableSectionElement>(null);
  const scrollMargin = usePageTop(body);
  const rowHeight = useRowHeight();
  const virtualizer = useWindowVirtualizer({
    count: total,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollMargin,
  });
  useLayoutEffect(() => {
    if (rowHeight > 0) {
      virtualizer.measure();
    }
  }, [virtualizer, rowHeight]);
  const status = useMemo(() => (groups.length === 0 ? null : groups.flatMap((group) => STATUSES_OF[group])), [groups]);

  const pages = Map.groupBy(virtualizer.getVirtualItems(), ({ index }) => Math.floor(index / PAGE_SIZE));
  return (
    <table className={classes['table']} aria-label={texts.table} aria-rowcount={total + 1}>
      <thead>
        <tr aria-rowindex={1}>
          <th scope="col">{texts.position}</th>
          <th scope="col">{texts.project}</th>
          <th scope="col">{texts.stage}</th>
          <th scope="col">{texts.progress}</th>
          <th scope="col">{texts.attempt}</th>
          <th scope="col">{texts.error}</th>
        </tr>
      </thead>
      <tbody ref={body} style={{ height: virtualizer.getTotalSize() }}>
        {[...pages].map(([page, items]) => (
          <ProjectRows
            key={page}
            batchId={batchId}
            status={status}
            offset={page * PAGE_SIZE}
            places={items.map(({ index, start }) => ({ index, top: start - scrollMargin }))}
          />
        ))}
      </tbody>
    </table>
  );
}
