import { setTimeout as delay } from 'node:timers/promises';
import type { Outage } from './outage.ts';

/** What a pump does, and when. */
export interface PumpOptions {
  /** Whether there is something to read. */
  isDue: () => boolean;
  /** Reads what is due by now. What becomes due meanwhile is left for the next time. */
  read: () => Promise<void>;
  outage: Outage;
}

const MIN_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 2_000;

/**
 * Reads while something is due, one read at a time, so that hints which arrive during a read fold
 * into one more. A read that fails is tried again after a growing pause.
 */
export class Pump {
  readonly #options: PumpOptions;
  readonly #stop = new AbortController();
  #isRunning = false;

  constructor(options: PumpOptions) {
    this.#options = options;
  }

  /** Reads if something is due and nothing is being read. */
  poke(): void {
    if (!this.#isRunning && this.#isWanted) {
      this.#isRunning = true;
      void this.#run();
    }
  }

  /** Begins no more reads. One that is under way is left to end. */
  stop(): void {
    this.#stop.abort();
    this.#options.outage.forget(this);
  }

  get #isWanted(): boolean {
    return !this.#stop.signal.aborted && this.#options.isDue();
  }

  async #run(): Promise<void> {
    const { read, outage } = this.#options;
    const { signal } = this.#stop;
    for (let failures = 0; this.#isWanted; ) {
      try {
        await read();
        failures = 0;
        outage.succeeded(this);
      } catch (error) {
        if (!signal.aborted) {
          outage.failed(this, error);
          await delay(backoffMs(failures++), undefined, { signal }).catch(() => {});
        }
      }
    }
    outage.forget(this);
    this.#isRunning = false;
  }
}

/** Half of it is left to chance, so that those who failed together do not come back together. */
function backoffMs(failures: number): number {
  return Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** failures) * (0.5 + Math.random() / 2);
}
