import type { Batch, BatchStatus } from '../database/models.ts';
import { ownedBy } from './owner.ts';
import { cutPage, type Page, type PageArgs, type PageRange } from './page.ts';
import { type Condition, countRows, type Reads, readRows } from './read-rows.ts';
import { batchOf, type JsonRow, selectBatch } from './rows.ts';

const COLUMNS = selectBatch('batches');

/** A batch's place in the list. */
export interface BatchKey {
  createdAt: Date;
  id: string;
}

/** Which batches: of this owner, of any of these statuses, with this text somewhere in their name, in any case. */
export interface BatchFilter {
  /** Undefined for everybody's. */
  owner: string | undefined;
  status?: readonly BatchStatus[] | null | undefined;
  search?: string | null | undefined;
}

/** A part of the list of batches that pass a filter. */
export interface BatchRange extends PageRange<BatchKey> {
  readonly filter: BatchFilter;
}

/** Batches, newest first. Throws InvalidInput for a wrong page size. */
export function listBatches(
  read: (range: BatchRange) => Promise<Batch[]>,
  filter: BatchFilter,
  args: PageArgs<BatchKey>,
): Promise<Page<Batch>> {
  return cutPage(args, (range) => read({ filter, ...range }));
}

/** Reads a part of a list. */
export async function readBatches(
  reads: Reads,
  { filter, after, before, backwards, limit }: BatchRange,
): Promise<Batch[]> {
  const direction = backwards ? 'ASC' : 'DESC';
  const rows = await readRows<JsonRow<Batch>>(reads, {
    name: `list_batches ${direction}`,
    table: 'batches',
    columns: COLUMNS,
    where: [...whereOf(filter), ...beyond('<', after), ...beyond('>', before)],
    orderBy: `created_at ${direction}, id ${direction}`,
    limit,
  });
  return rows.map(batchOf);
}

/** How many batches there are. */
export function countBatches(reads: Reads, filter: BatchFilter): Promise<number> {
  return countRows(reads, { name: 'count_batches', table: 'batches', where: whereOf(filter) });
}

function whereOf({ owner, status, search }: BatchFilter): Condition[] {
  return [
    ownedBy(owner),
    ['status', 'status = ANY (?::batch_status[])', status ?? undefined],
    ['search', 'name ILIKE ?::text', search == null || search === '' ? undefined : `%${literally(search)}%`],
  ];
}

function beyond(side: '<' | '>', key: BatchKey | undefined): Condition[] {
  const sql = `(created_at, id) ${side} (?::timestamptz, ?::uuid)`;
  return key === undefined ? [] : [[side, sql, key.createdAt.toISOString(), key.id]];
}

/** LIKE has these characters stand for others. */
function literally(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
