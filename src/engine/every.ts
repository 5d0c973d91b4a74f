import type { Log } from '../log.ts';

/** A task that runs again and again. Disposing of it waits for the run in progress. */
export interface Recurring extends AsyncDisposable {
  /** Runs the task without waiting for its time; once more after the present run, if there is one. */
  now(): void;
}

/**
 * Runs a task at once, and then so many milliseconds after each run has ended; one run at a time.
 * A run that throws is logged, and the next one comes all the same.
 */
export function every(intervalMs: number, log: Log, task: () => Promise<void>): Recurring {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  function start(): void {
    clearTimeout(timer);
    again = false;
    running = task()
      .catch((error: unknown) => log.error({ err: error }, 'recurring task failed'))
      .then(() => {
        running = undefined;
        if (stopped) {
          return;
        }
        if (again) {
          start();
        } else {
          timer = setTimeout(start, intervalMs);
        }
      });
  }

  start();
  return {
    now() {
      if (stopped) {
        return;
      }
      if (running === undefined) {
        start();
      } else {
        again = true;
      }
    },
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
