import { setTimeout as delay } from 'node:timers/promises';
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts';
import type { SqlTransaction } from './access.ts';
import { isRetryable } from './sqlstate.ts';

/** How a transaction is tried. */
export interface TransactionOptions {
  /** How often at most; 5 unless told otherwise. */
  tries?: number;
}

const DEFAULT_TRIES = 5;
/** For a free connection; on PGlite, for every transaction before this one. */
const MAX_WAIT_MS = 15_000;
/** Inserting 10,000 projects of 10,000 characters has to fit, on a slow machine, too. */
const TIMEOUT_MS = 120_000;
const MIN_PAUSE_MS = 10;

/**
 * Runs `body` in a transaction, all or nothing. After a deadlock, a serialization failure or a lock
 * that could not be had, everything is rolled back and `body` runs again, so it must await nothing
 * but `tx` and change nothing outside. An error that `body` gets from `tx` must leave `body`: after
 * it the database takes nothing more, and yet would seem to commit.
 */
export function inTransaction<T>(
  prisma: Pick<PrismaClient, '$transaction'>,
  body: (tx: Prisma.TransactionClient) => Promise<T>,
  options?: TransactionOptions,
): Promise<T> {
  return retried(() => prisma.$transaction(body, { maxWait: MAX_WAIT_MS, timeout: TIMEOUT_MS }), options);
}

/** Plain statements inside a transaction of Prisma's. */
export function sqlOf(tx: Prisma.TransactionClient): SqlTransaction {
  return { query: ({ text }, values) => tx.$queryRawUnsafe(text, ...values) };
}

/** Runs a transaction, or a statement that is one by itself, again where it may well succeed then. */
export async function retried<T>(
  run: () => Promise<T>,
  { tries = DEFAULT_TRIES }: TransactionOptions = {},
): Promise<T> {
  for (let left = tries - 1, pauseMs = MIN_PAUSE_MS; ; left--, pauseMs *= 2) {
    try {
      return await run();
    } catch (error) {
      if (left <= 0 || !isRetryable(error)) {
        throw error;
      }
      await delay(pauseMs * (0.5 + Math.random()));
    }
  }
}
