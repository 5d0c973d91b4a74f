import type { ApolloCache, ApolloClient } from '@apollo/client';
import {
  BatchCountDocument,
  type BatchFieldsFragment,
  BatchListDocument,
  type BatchListQuery,
  type BatchListQueryVariables,
} from '../../generated/dashboard-gql/graphql.ts';
import { refetchShown } from '../api/refetch-shown.ts';

type List = BatchListQuery['batches'];

/** Rows per request: the most that a page of the API has. */
const PAGE_MAX = 100;

/** The lists that were shown last, each by its filter: an older one is read anew when it is shown again. */
const shown = new Map<string, BatchListQueryVariables>();
const SHOWN_MAX = 10;

/** Takes note of a list, so that it is kept right from now on. */
export function keepRight(filter: BatchListQueryVariables): void {
  const key = JSON.stringify(filter);
  shown.delete(key);
  shown.set(key, filter);
  const [oldest] = shown.keys();
  if (shown.size > SHOWN_MAX && oldest !== undefined) {
    shown.delete(oldest);
  }
}

/** Puts a batch that has changed into those lists that it now belongs to, and takes it out of the others. */
export function placeInLists(cache: ApolloCache, batch: BatchFieldsFragment): void {
  for (const variables of shown.values()) {
    cache.updateQuery({ query: BatchListDocument, variables }, (data) => {
      if (data == null) {
        return undefined;
      }
      const batches = placeInList(data.batches, batch, belongs(batch, variables));
      return batches === data.batches ? undefined : { ...data, batches };
    });
  }
}

/**
 * Reads every list that has been shown again, as far as it was loaded: what happened while nothing was
 * heard is not known. Each list is put in its place as a whole, so that nothing jumps.
 */
export async function reloadLists(client: ApolloClient): Promise<void> {
  await Promise.all([...[...shown.values()].map((filter) => reloadList(client, filter)), recountLists(client)]);
}

async function reloadList(client: ApolloClient, filter: BatchListQueryVariables): Promise<void> {
  const known = client.cache.readQuery({ query: BatchListDocument, variables: filter })?.batches.edges.length ?? 0;
  let list: List | undefined;
  try {
    while (list === undefined || (list.edges.length < known && list.pageInfo.hasNextPage)) {
      const page = { first: PAGE_MAX, after: list?.pageInfo.endCursor ?? null };
      const { data } = await client.query({
        query: BatchListDocument,
        variables: { ...filter, ...page },
        fetchPolicy: 'no-cache',
      });
      if (data === undefined) {
        return;
      }
      list = list === undefined ? data.batches : { ...data.batches, edges: [...list.edges, ...data.batches.edges] };
    }
  } catch {
    // What is shown stays, and the indicator says what it is worth.
    return;
  }
  client.cache.writeQuery({ query: BatchListDocument, variables: filter, data: { batches: list } });
}

/** Asks again how many batches each list on the page has. */
export async function recountLists(client: ApolloClient): Promise<void> {
  await refetchShown(client, [BatchCountDocument]);
}

/** Whether a list with this filter has this batch. */
export function belongs(batch: BatchFieldsFragment, { status, search }: BatchListQueryVariables): boolean {
  const isWanted = status == null || status.includes(batch.status);
  return isWanted && batch.name.toLowerCase().includes((search ?? '').toLowerCase());
}

/** The list with the batch in its place, newest first, or without it; the same list where nothing changes. */
export function placeInList(list: List, batch: BatchFieldsFragment, isWanted: boolean): List {
  const edges = list.edges.filter((edge) => edge !== null);
  const at = edges.findIndex(({ node }) => node.id === batch.id);
  if (isWanted === at >= 0) {
    return list;
  }
  if (!isWanted) {
    return { ...list, edges: edges.toSpliced(at, 1) };
  }
  const place = edges.findIndex(({ node }) => isNewer(batch, node));
  if (place < 0 && list.pageInfo.hasNextPage) {
    // It stands on a page that has not been loaded.
    return list;
  }
  const edge = { __typename: 'QueryBatchesConnectionEdge' as const, cursor: '', node: batch };
  return { ...list, edges: edges.toSpliced(place < 0 ? edges.length : place, 0, edge) };
}

function isNewer(one: BatchFieldsFragment, other: BatchFieldsFragment): boolean {
  const [a, b] = [Date.parse(one.createdAt), Date.parse(other.createdAt)];
  return a === b ? one.id > other.id : a > b;
}
