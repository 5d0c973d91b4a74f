import { setTimeout as delay } from 'node:timers/promises';
import { isUnavailable } from '../database/sqlstate.ts';
import type { Log } from '../log.ts';
import { STOPPING } from './lease.ts';

const MIN_PAUSE_MS = 100;
const MAX_PAUSE_MS = 2_000;

/**
 * Writes what must not be lost, for as long as the database is away. Every write of a run is
 * fenced, so one that was done though its answer was lost does no harm when it is tried again.
 * Gives up once the signal says that the service has no more time: the lease ends soon, and
 * another worker goes on.
 */
export async function persist<T>(log: Log, write: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let pauseMs = MIN_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
    try {
      return await write();
    } catch (error) {
      if (!isUnavailable(error) || signal.reason === STOPPING) {
        throw error;
      }
      log.warn({ err: error, pauseMs }, 'database away, trying again');
      await delay(pauseMs);
    }
  }
}
