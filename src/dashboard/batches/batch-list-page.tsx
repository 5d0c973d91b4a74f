import { NetworkStatus } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { BatchCountDocument, BatchListDocument, type BatchStatus } from '../../generated/dashboard-gql/graphql.ts';
import { useTitle } from '../frame/title.ts';
import { useTexts } from '../text/locale.ts';
import { Button } from '../widgets/button.tsx';
import { BatchFilter, isBatchStatus } from './batch-filter.tsx';
import classes from './batch-list-page.module.css';
import { keepRight } from './batch-lists.ts';
import { BatchTable } from './batch-table.tsx';
import { ListNotice } from './list-notice.tsx';
import { LIST_TEXTS } from './texts.ts';

const TYPING_PAUSE_MS = 200;

/** All batches, newest first, live; the filter stands in the address. */
export function BatchListPage() {
  const texts = useTexts(LIST_TEXTS);
  useTitle(texts.title);
  const [params, setParams] = useSearchParams();
  const statuses = params.getAll('status').filter(isBatchStatus);
  const search = params.get('search') ?? '';
  const setFilter = (status: readonly BatchStatus[], text: string) =>
    setParams(
      () =>
        new URLSearchParams([...status.map((each) => ['status', each]), ...(text === '' ? [] : [['search', text]])]),
      // Not a step back for each letter.
      { replace: text !== search },
    );

  const filter = useFilter(statuses, useSettled(search));
  const { data, previousData, error, fetchMore, refetch, networkStatus } = useQuery(BatchListDocument, {
    variables: filter,
    notifyOnNetworkStatusChange: true,
  });
  const { data: counted } = useQuery(BatchCountDocument, { variables: filter, fetchPolicy: 'cache-and-network' });
  // Until the answer is there the rows of the filter before stay; they are no answer where there is none.
  const list = (data ?? (error === undefined ? previousData : undefined))?.batches;
  const hasMore = list?.pageInfo.hasNextPage === true;
  const [hasFailed, setFailed] = useState(false);
  const loadMore = async () => {
    try {
      setFailed(false);
      await fetchMore({ variables: { after: list?.pageInfo.endCursor ?? null } });
    } catch {
      setFailed(true);
    }
  };
  const more = useInView(hasMore && !hasFailed && networkStatus === NetworkStatus.ready, () => void loadMore());

  return (
    <>
      <div className={classes['head']}>
        <h1>{texts.title}</h1>
        <p className={classes['total']} data-testid="total">
          {counted !== undefined && texts.total(counted.batches.totalCount)}
        </p>
      </div>
      <BatchFilter statuses={statuses} search={search} onChange={setFilter} />
      {list === undefined || list.edges.length === 0 ? (
        <ListNotice
          state={error !== undefined ? 'failed' : list === undefined ? 'loading' : 'empty'}
          isFiltered={statuses.length > 0 || search !== ''}
          onClear={() => setFilter([], '')}
          onRetry={() => void refetch()}
        />
      ) : (
        <BatchTable batchIds={list.edges.flatMap((edge) => (edge === null ? [] : [edge.node.id]))} />
      )}
      {hasMore && (
        <p ref={more} className={classes['more']} role="status">
          {hasFailed ? <Button onClick={() => void loadMore()}>{texts.more}</Button> : texts.loading}
        </p>
      )}
    </>
  );
}

/** What somebody types, once they pause. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** The same variables for the same filter, and the list is kept right from now on. */
function useFilter(statuses: readonly BatchStatus[], search: string) {
  const key = statuses.join();
  const filter = useMemo(
    () => ({
      status: key === '' ? null : key.split(',').filter(isBatchStatus),
      search: search.trim() === '' ? null : search.trim(),
    }),
    [key, search],
  );
  useEffect(() => keepRight(filter), [filter]);
  return filter;
}

/** Calls `onSeen` when the element comes near the window, and again for as long as it stays there and is enabled. */
function useInView(enabled: boolean, onSeen: () => void) {
  const element = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (!enabled || element.current === null) {
      return;
    }
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) {
          onSeen();
        }
      },
      { rootMargin: '600px' },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  });
  return element;
}
