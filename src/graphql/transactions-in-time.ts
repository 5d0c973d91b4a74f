import type { Access, SqlTransaction } from '../batches/access.ts';
import type { Prisma } from '../generated/prisma/client.ts';

type Body = (tx: Prisma.TransactionClient) => Promise<unknown>;

/**
 * The same data, but none of the transactions begins, or commits, once the signal has aborted: they
 * reject with its reason, and have changed nothing. What had begun to commit before is done, and says
 * so.
 */
export function transactionsInTime(access: Access, signal: AbortSignal): Access {
  const inTime = async <Tx, Result>(tx: Tx, body: (tx: Tx) => Promise<Result>): Promise<Result> => {
    signal.throwIfAborted();
    const result = await body(tx);
    signal.throwIfAborted();
    return result;
  };
  const begin = async (body: Body, options: object | undefined): Promise<unknown> => {
    signal.throwIfAborted();
    return access.prisma.$transaction((tx) => inTime(tx, body), options);
  };
  return {
    prisma: new Proxy(access.prisma, {
      get: (target, name) => (name === '$transaction' ? begin : Reflect.get(target, name)),
    }),
    query: (statement, values) => access.query(statement, values),
    async transaction<Result>(body: (tx: SqlTransaction) => Promise<Result>): Promise<Result> {
      signal.throwIfAborted();
      return access.transaction((tx) => inTime(tx, body));
    },
  };
}
