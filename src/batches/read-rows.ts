import type { Access } from '../database/access.ts';
import type { Statement } from '../database/statement.ts';
import { arrayAt } from './array-at.ts';
import { PAGE_MAX } from './page.ts';

/** What reads need of a database. */
export type Reads = Pick<Access, 'query'>;

/** One condition: a word for it, and SQL with a ? for each value. With an undefined value it is none. */
export type Condition = readonly [word: string, sql: string, ...values: unknown[]];

/** Rows of a table. */
export interface Rows {
  /** What stands for the read; the words of its conditions are added. No two texts may come to share a name. */
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

/** The names stand for the texts, which are made once. */
const statements = new Map<string, Statement>();

/**
 * Reads rows as JSON: all of them in one value, as that takes the database, and this process more so,
 * far less time than a value for each column.
 */
export async function readRows<Row>(reads: Reads, rows: RowsInOrder): Promise<Row[]> {
  const { words, values } = givenOf(rows);
  const statement = statementOf(words, () => `SELECT json_agg(page) AS rows FROM (${selectOf(rows, 1)}) AS page`);
  const [found] = await reads.query<{ rows: Row[] | null }>(statement, values);
  return found?.rows ?? [];
}

/** Reads the same of each of these ids, in their order, in one statement. The SQL of the rows knows the id as asked.id. */
export async function readRowsOfEach<Row>(reads: Reads, ids: readonly string[], rows: RowsInOrder): Promise<Row[][]> {
  const { words, values } = givenOf(rows);
  const statement = statementOf(
    words,
    () => `
      SELECT (SELECT json_agg(page) FROM (${selectOf(rows, 2)}) AS page) AS rows
      FROM unnest(${arrayAt('$1', 'uuid')}) WITH ORDINALITY AS asked (id, place) ORDER BY place`,
  );
  const found = await reads.query<{ rows: Row[] | null }>(statement, [ids, ...values]);
  return found.map((each) => each.rows ?? []);
}

/** The rows with these ids. */
export function withIds(ids: readonly string[]): Condition {
  return ['id', `id = ANY (${arrayAt('?', 'uuid')})`, ids];
}

/** Counts rows. */
export async function countRows(reads: Reads, rows: Rows): Promise<number> {
  const { words, values } = givenOf(rows);
  const text = () => `SELECT count(*)::int AS count FROM ${rows.table}${whereOf(rows, 1)}`;
  const [found] = await reads.query<{ count: number }>(statementOf(words, text), values);
  return found?.count ?? 0;
}

function statementOf(words: readonly string[], makeText: () => string): Statement {
  const name = words.join(' ');
  const known = statements.get(name);
  if (known !== undefined) {
    return known;
  }
  const made = { name, text: makeText() };
  statements.set(name, made);
  return made;
}

/** What a read is called, and its values, in the order of their places. */
function givenOf({ name, where, skip = 0, limit }: Rows & Pick<RowsInOrder, 'skip' | 'limit'>) {
  const words = [name];
  const values: unknown[] = [];
  for (const condition of where.filter(isGiven)) {
    words.push(condition[0]);
    values.push(...condition.slice(2));
  }
  if (limit !== undefined) {
    words.push(skip > 0 ? 'skip' : isLong(limit) ? 'long' : 'page');
    values.push(limit, ...(skip > 0 ? [skip] : []));
  }
  return { words, values };
}

function isGiven(condition: Condition): boolean {
  return !condition.includes(undefined);
}

function isLong(limit: number): boolean {
  return limit > PAGE_MAX + 1;
}

/** ` WHERE` with what is given; the first value has this place. */
function whereOf({ where }: Pick<Rows, 'where'>, firstPlace: number): string {
  let place = firstPlace;
  const texts = where.filter(isGiven).map(([, sql]) => sql.replaceAll('?', () => `$${place++}`));
  return texts.length === 0 ? '' : ` WHERE ${texts.join(' AND ')}`;
}

function selectOf(rows: RowsInOrder, firstPlace: number): string {
  const { columns, table, where, orderBy, skip = 0, limit } = rows;
  const select = `SELECT ${columns} FROM ${table}${whereOf(rows, firstPlace)}${orderBy === undefined ? '' : ` ORDER BY ${orderBy}`}`;
  if (limit === undefined) {
    return select;
  }
  const place = firstPlace + where.filter(isGiven).reduce((sum, [, , ...values]) => sum + values.length, 0);
  const most = `LIMIT $${place}::int`;
  if (skip > 0) {
    return `${select} ${most} OFFSET $${place + 1}::int`;
  }
  // Who knows of no limit plans for a tenth of all rows, and would find a plan of its own for each
  // page to be the better one: that takes longer than to read the page.
  return isLong(limit) ? `${select} ${most}` : `SELECT * FROM (${select} LIMIT ${PAGE_MAX + 1}) AS most ${most}`;
}
