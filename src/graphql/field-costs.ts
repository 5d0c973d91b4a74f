import { PAGE_DEFAULT } from '../batches/page.ts';
import type { Context } from './context.ts';

/**
 * What fields cost. The unit is a value of the answer; what takes the database longer than to read
 * one costs more. cost.ts says how they are added up.
 */
export const FieldCost = {
  /** A statement of its own, of a row or two that have an index. */
  statement: 10,
  /** A row that is read together with all others of its kind that the operation asks for. */
  joinedRow: 2,
  /** The text of a project: up to 10,000 characters. */
  content: 10,
  /** Looks through the names of all batches. */
  search: 500,
  /** Looks through the history, or the projects, of a whole batch. */
  measure: 300,
  /** May touch every project of a batch. */
  mutation: 100,
  /** A project that is to be made or retried. */
  givenProject: 0.1,
  /** A row that is skipped on the way to a page. */
  skippedRow: 0.01,
} as const;

/** How many items are reckoned with in lists whose length nobody knows before: what came since the event before. */
export const LIST_GUESS = 100;

/** The sizes by which costs are reckoned. */
type Sizes = Pick<Context, 'limits'>;

interface PageArgs {
  first?: number | null | undefined;
  last?: number | null | undefined;
  offset?: number | null | undefined;
}

/**
 * The cost of a connection: a statement for the page and one for the count, and each of its rows as
 * many times as the page is long. A length that will be refused counts as the longest page, so that
 * the refusals of many small lists are no cheaper than the lists.
 */
export function connectionCost({ first, last, offset }: PageArgs, { limits }: Sizes) {
  const { maxPageSize, maxProjects } = limits;
  const asked = Math.max(first ?? 0, last ?? 0);
  const isGiven = first != null || last != null;
  const isRefused = (first ?? 0) < 0 || (last ?? 0) < 0 || asked > maxPageSize;
  const skipped = Math.min(Math.max(offset ?? 0, 0), maxProjects);
  return {
    field: 2 * FieldCost.statement + skipped * FieldCost.skippedRow,
    multiplier: isRefused ? maxPageSize : isGiven ? asked : PAGE_DEFAULT,
  };
}

/** The cost of the parts of a connection: its rows are multiplied by the connection already. */
export const CONNECTION_PART = { field: 1, multiplier: 1 } as const;

/** The cost of what comes once with a page, and is paid with the connection. */
export const PAID_WITH_PAGE = 0;
