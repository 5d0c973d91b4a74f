import { setTimeout as delay } from 'node:timers/promises';

/**
 * Runs a task, which may not reject, again and again: so many milliseconds after its last run has
 * ended, one run at a time. Disposing of it waits for the run in progress.
 */
export function repeat(intervalMs: number, task: () => Promise<void>): AsyncDisposable {
  const stop = new AbortController();
  const wait = () => delay(intervalMs, true, { signal: stop.signal }).catch(() => false);
  const running = run();

  async function run(): Promise<void> {
    while (await wait()) {
      await task();
    }
  }

  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
