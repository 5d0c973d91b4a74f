import type { Since } from '../batches/history.ts';
import type { Outage } from './outage.ts';
import { Pump } from './pump.ts';
import type { RecentChanges } from './recent-changes.ts';

/** What is extended, and how it is read. */
export interface ReachOptions {
  read: (afterVersion: number) => Promise<Since | undefined>;
  recent: () => RecentChanges | undefined;
  outage: Outage;
}

interface Asked extends PromiseWithResolvers<void> {
  version: number;
}

/**
 * Extends recent changes back to where subscribers resume. After a restart thousands may come at
 * once, each with a version of its own: every read answers half of those who wait.
 */
export class Reach {
  readonly #options: ReachOptions;
  readonly #pump: Pump;
  #asked: Asked[] = [];
  /** From this version and all before it there is too much, or it is forgotten. */
  #tooFar = -1;

  constructor(options: ReachOptions) {
    this.#options = options;
    this.#pump = new Pump({
      isDue: () => this.#asked.length > 0,
      read: () => this.#read(),
      outage: options.outage,
    });
  }

  /** Waits until a version is reached, or turns out to be too far. Rejects where a read fails. */
  backTo(version: number): Promise<void> {
    const asked: Asked = { version, ...Promise.withResolvers<void>() };
    this.#asked.push(asked);
    this.#answer();
    this.#pump.poke();
    return asked.promise;
  }

  /** It is known to be too far. */
  giveUp(version: number): void {
    this.#tooFar = Math.max(this.#tooFar, version);
  }

  stop(): void {
    this.#pump.stop();
  }

  async #read(): Promise<void> {
    const versions = this.#asked.map(({ version }) => version).sort((a, b) => a - b);
    const middle = versions[versions.length >> 1];
    if (middle === undefined) {
      return;
    }
    try {
      const since = await this.#options.read(middle);
      if (since === undefined || this.#options.recent()?.extendBackTo(middle, since) !== true) {
        this.giveUp(middle);
      }
    } catch (error) {
      for (const { reject } of this.#asked.splice(0)) {
        reject(error);
      }
      throw error;
    }
    this.#answer();
  }

  #answer(): void {
    const recent = this.#options.recent();
    const isAnswered = ({ version }: Asked) =>
      version <= this.#tooFar || recent === undefined || version > recent.version || recent.reachesBackTo(version);
    for (const { resolve } of this.#asked.filter(isAnswered)) {
      resolve();
    }
    this.#asked = this.#asked.filter((asked) => !isAnswered(asked));
  }
}
