import type { Database } from '../database/database.ts';
import type { Statement } from '../database/statement.ts';
import { PAGE_MAX } from './page.ts';

/** One condition: a word for it, and SQL with a ? for each value. With an undefined value it is none. */
export type Condition = readonly [word: string, sql: string, ...values: unknown[]];

/** Rows of a table. */
export interface Rows {
  /** What stands for the read; its conditions are added. No two texts may come to share a name. */
  readonly name: string;
  readonly table: string;
  readonly where: readonly Condition[];
}

/** Some of them, in their order. */
export interface RowsInOrder extends Rows {
  /** The select list. */
  readonly columns: string;
  readonly orderBy?: string;
  readonly skip?: number;
  readonly limit?: number;
}

type Query = Pick<Database, 'query'>;

/**
 * Reads rows as JSON: all of them in one value, as that takes the database, and this process more so,
 * far less time than a value for each column.
 */
export async function readRows<Row>(database: Query, { columns, orderBy, ...rows }: RowsInOrder): Promise<Row[]> {
  const { name, where, values } = conditionsOf(rows);
  const select = `SELECT ${columns} FROM ${rows.table}${where}${orderBy === undefined ? '' : ` ORDER BY ${orderBy}`}`;
  const page = pageOf(select, rows, values);
  const text = `SELECT json_agg(page) AS rows FROM (${page.text}) AS page`;
  const [found] = await database.query<{ rows: Row[] | null }>({ name: name + page.name, text }, values);
  return found?.rows ?? [];
}

/** Counts rows. */
export async function countRows(database: Query, rows: Rows): Promise<number> {
  const { name, where, values } = conditionsOf(rows);
  const text = `SELECT count(*)::int AS count FROM ${rows.table}${where}`;
  const [found] = await database.query<{ count: number }>({ name, text }, values);
  return found?.count ?? 0;
}

function conditionsOf({ name, where }: Rows): { name: string; where: string; values: unknown[] } {
  const given = where.filter(([, , ...values]) => !values.includes(undefined));
  let place = 0;
  const texts = given.map(([, sql]) => sql.replaceAll('?', () => `$${++place}`));
  return {
    name: [name, ...given.map(([word]) => word)].join(' '),
    where: texts.length === 0 ? '' : ` WHERE ${texts.join(' AND ')}`,
    values: given.flatMap(([, , ...values]) => values),
  };
}

/** Adds to the values how many rows to skip, and how many to read. */
function pageOf(
  select: string,
  { skip = 0, limit }: Pick<RowsInOrder, 'skip' | 'limit'>,
  values: unknown[],
): Statement {
  if (limit === undefined) {
    return { name: '', text: select };
  }
  values.push(limit);
  const most = `LIMIT $${values.length}::int`;
  if (skip > 0) {
    values.push(skip);
    return { name: ' skip', text: `${select} ${most} OFFSET $${values.length}::int` };
  }
  // Who knows of no limit plans for a tenth of all rows, and would find a plan of its own for each
  // page to be the better one: that takes longer than to read the page.
  return limit > PAGE_MAX + 1
    ? { name: ' long', text: `${select} ${most}` }
    : { name: '', text: `SELECT * FROM (${select} LIMIT ${PAGE_MAX + 1}) AS most ${most}` };
}
