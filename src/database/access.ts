import type { PrismaClient } from '../generated/prisma/client.ts';
import type { Statement } from './statement.ts';

/** Ways to the data of a database. */
export interface Access {
  readonly prisma: PrismaClient;
  /**
   * Runs one statement that is on a path which is too hot for Prisma, outside of any transaction. On
   * PostgreSQL each connection prepares it once, by its name.
   */
  query<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]>;
  /**
   * Runs several in a transaction, all or nothing: it commits once `body` resolves, and is rolled back
   * where it rejects. `body` must await nothing but `tx`, and let its errors out.
   */
  transaction<Result>(body: (tx: SqlTransaction) => Promise<Result>): Promise<Result>;
}

/** What runs statements inside a transaction. */
export type SqlTransaction = Pick<Access, 'query'>;
