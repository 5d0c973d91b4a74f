import type { Prisma, PrismaClient } from '../generated/prisma/client.ts';

type Body = (tx: Prisma.TransactionClient) => Promise<unknown>;

/**
 * The same client, but none of its transactions begins, or commits, once the signal has aborted:
 * they reject with its reason, and have changed nothing. What had begun to commit before is done,
 * and says so.
 */
export function transactionsInTime(prisma: PrismaClient, signal: AbortSignal): PrismaClient {
  const begin = async (body: Body, options: object | undefined): Promise<unknown> => {
    signal.throwIfAborted();
    return prisma.$transaction(async (tx) => {
      // It may have waited for its turn.
      signal.throwIfAborted();
      const result = await body(tx);
      signal.throwIfAborted();
      return result;
    }, options);
  };
  return new Proxy(prisma, {
    get: (target, name) => (name === '$transaction' ? begin : Reflect.get(target, name)),
  });
}
