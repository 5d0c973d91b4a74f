import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { PrismaClient } from '../generated/prisma/client.ts';
import type { Access, SqlTransaction } from './access.ts';
import type { Statement } from './statement.ts';

/** The ways to the data over the connections of a pool, which stays with whoever opened it. */
export function accessOver(pool: pg.Pool): Access {
  return {
    prisma: new PrismaClient({ adapter: new PrismaPg(pool) }),
    query: (statement, values) => runOn(pool, statement, values),
    transaction: (body) => transactionOn(pool, body),
  };
}

async function runOn<Row extends object>(
  connection: Pick<pg.Pool, 'query'>,
  { name, text, isReplanned = false }: Statement,
  values: readonly unknown[],
): Promise<Row[]> {
  return (await connection.query<Row>({ name: isReplanned ? undefined : name, text, values: [...values] })).rows;
}

async function transactionOn<Result>(pool: pg.Pool, body: (tx: SqlTransaction) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let isBroken = false;
  try {
    await client.query('BEGIN');
    const result = await body({ query: (statement, values) => runOn(client, statement, values) });
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // Nothing is known of a connection that can't even do this; the server rolls back what it held.
    await client.query('ROLLBACK').catch(() => {
      isBroken = true;
    });
    throw error;
  } finally {
    client.release(isBroken);
  }
}
