import type { Outage } from './outage.ts';
import { Pump } from './pump.ts';

/** What is checked, and how often. */
export interface PollOptions {
  intervalMs: number;
  check: () => Promise<void>;
  outage: Outage;
}

/** Checks now and then, and whenever it is told to; a check that fails is tried again. */
export class Poll {
  readonly #pump: Pump;
  readonly #timer: NodeJS.Timeout;
  #isDue = false;

  constructor({ intervalMs, check, outage }: PollOptions) {
    this.#pump = new Pump({
      isDue: () => this.#isDue,
      read: async () => {
        this.#isDue = false;
        try {
          await check();
        } catch (error) {
          this.#isDue = true;
          throw error;
        }
      },
      outage,
    });
    this.#timer = setInterval(() => this.now(), intervalMs);
  }

  /** Checks at once, or once more if it is checking already. */
  now(): void {
    this.#isDue = true;
    this.#pump.poke();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#pump.stop();
  }
}
