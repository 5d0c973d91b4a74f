import { setTimeout as delay } from 'node:timers/promises';
import { request, type Service } from './client.ts';
import { RemainingTime } from './documents.ts';

/** The service reads it from the history of the batch each time: not to be asked with each event. */
const ESTIMATE_PAUSE_MS = 3_000;

/**
 * Asks now and then how long a batch will take, until the result is disposed of. `tell` gets
 * milliseconds, or undefined while there is no basis for an estimate.
 */
export function watchEstimate(
  service: Service,
  batchId: string,
  tell: (remainingMs: number | undefined) => void,
): Disposable {
  const { signal } = service;
  const stop = new AbortController();
  const ended = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const ask = async () => {
    while (!ended.aborted) {
      const { batch } = await request({ ...service, signal: ended }, RemainingTime, { batchId }).catch(() => ({
        batch: null,
      }));
      if (!ended.aborted) {
        tell(batch?.estimatedRemainingMs ?? undefined);
        await delay(ESTIMATE_PAUSE_MS, undefined, { signal: ended }).catch(() => {});
      }
    }
  };
  void ask();
  return { [Symbol.dispose]: () => stop.abort() };
}
