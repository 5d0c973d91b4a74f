import type { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import type { Statement } from './statement.ts';

/** PGlite itself, or a transaction of it. */
type Connection = Pick<PGlite, 'query' | 'exec'>;

/** Values that are longer together take longer to be read as text than the statement to be planned. */
const MAX_LITERALS = 100_000;

/**
 * The statements of an embedded database, each prepared once by its name. PGlite's own query() has
 * every statement parsed and planned anew, which takes several times as long as to run it.
 */
export class PgliteStatements {
  readonly #prepared = new Map<string, string>();
  #count = 0;

  async run<Row extends object>(
    connection: Connection,
    { name, text }: Statement,
    values: readonly unknown[],
  ): Promise<Row[]> {
    const literals = name === undefined ? undefined : literalsOf(values);
    if (name === undefined || literals === undefined) {
      return (await connection.query<Row>(text, [...values])).rows;
    }
    const prepared = this.#prepared.get(name) ?? (await this.#prepare(connection, name, text));
    return (await connection.query<Row>(`EXECUTE ${prepared}${literals}`)).rows;
  }

  /** Under a new name each time: two that come to it at once may not get into each other's way. */
  async #prepare(connection: Connection, name: string, text: string): Promise<string> {
    this.#count += 1;
    const prepared = `showrunner_${this.#count}`;
    await connection.exec(`PREPARE ${prepared} AS ${text}`);
    this.#prepared.set(name, prepared);
    return prepared;
  }
}

/** The values as SQL; undefined where that is too long. */
function literalsOf(values: readonly unknown[]): string | undefined {
  let length = 0;
  const literals: string[] = [];
  for (const value of values) {
    const text = textOf(value);
    length += text?.length ?? 0;
    if (length > MAX_LITERALS) {
      return undefined;
    }
    literals.push(text === null ? 'NULL' : pg.escapeLiteral(text));
  }
  return literals.length === 0 ? '' : `(${literals.join(', ')})`;
}

/** A value as the database reads it from text, whatever its type there; null is null. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined) {
    return null;
  }
  if (value instanceof Date) {
    return value.toISOString();
  }
  if (Array.isArray(value)) {
    return `{${value.map(elementOf).join(',')}}`;
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function elementOf(value: unknown): string {
  const text = textOf(value);
  return text === null ? 'NULL' : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
