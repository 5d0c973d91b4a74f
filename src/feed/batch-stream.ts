import type { Since } from '../batches/history.ts';
import type { Outage } from './outage.ts';
import { Pump } from './pump.ts';
import { Reach } from './reach.ts';
import { RecentChanges } from './recent-changes.ts';

/** A subscriber, as its stream knows it. */
export interface Reader {
  /** The version that it goes on from; undefined until it has had its first event, if it is fresh. */
  readonly version: number | undefined;
  /** There is something new, or the stream has ended. */
  wake(): void;
}

/** What a stream needs from the feed. */
export interface StreamOptions {
  /** Reads the batch and what happened to it after a version; undefined where there is none. */
  read: (afterVersion: number) => Promise<Since | undefined>;
  /** More changes than this are a reset. */
  changesMax: number;
  outage: Outage;
  /** Called once: this stream takes no more readers. */
  onOver: () => void;
}

/** No history, please: a version beyond any. */
const NO_HISTORY = Number.MAX_SAFE_INTEGER;

/** One batch that is watched, read once per version for all who watch it. */
export class BatchStream {
  readonly #options: StreamOptions;
  readonly #readers = new Set<Reader>();
  readonly #pump: Pump;
  readonly #reach: Reach;
  #recent: RecentChanges | undefined;
  #over: 'ended' | 'gone' | 'abandoned' | undefined;
  /** The newest version that is known to exist. */
  #hinted = 0;
  /** How many hints there were. One that comes during a read may be of a change which that did not see. */
  #hints = 0;
  #asked: PromiseWithResolvers<boolean>[] = [];

  constructor(options: StreamOptions) {
    this.#options = options;
    const { outage, read } = options;
    this.#reach = new Reach({ read, outage, recent: () => this.#recent });
    this.#pump = new Pump({
      isDue: () => this.#asked.length > 0 || this.#hinted > this.version,
      read: () => this.#read(),
      outage,
    });
  }

  /** The version of the batch as last read; 0 before that. */
  get version(): number {
    return this.#recent?.version ?? 0;
  }

  /** What was read; undefined before that, and where there is no such batch. */
  get recent(): RecentChanges | undefined {
    return this.#recent;
  }

  /** Why nothing more will come: the batch has ended, is gone, or nobody watches it. */
  get over(): 'ended' | 'gone' | 'abandoned' | undefined {
    return this.#over;
  }

  attach(reader: Reader): void {
    this.#readers.add(reader);
  }

  /** Lets a reader go, and everything with the last one. */
  detach(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size === 0) {
      this.#reach.stop();
      this.#finish('abandoned');
    }
  }

  /** The batch may have reached this version. */
  hint(version: number): void {
    this.#hinted = Math.max(this.#hinted, version);
    this.#hints += 1;
    this.#pump.poke();
  }

  /**
   * Waits for a read that begins after this call. False where the stream was over before: whoever
   * asks then has to ask another one. Rejects where the read fails.
   */
  refresh(): Promise<boolean> {
    if (this.#over !== undefined) {
      return Promise.resolve(false);
    }
    const answer = Promise.withResolvers<boolean>();
    this.#asked.push(answer);
    this.#pump.poke();
    return answer.promise;
  }

  /** Waits until all that happened after a version is held, if that can be. Rejects where a read fails. */
  reachBackTo(version: number): Promise<void> {
    return this.#reach.backTo(version);
  }

  async #read(): Promise<void> {
    const asked = this.#asked;
    const hints = this.#hints;
    this.#asked = [];
    const from = this.#recent?.version ?? this.#firstVersion();
    let since: Since | undefined;
    try {
      since = await this.#options.read(from);
    } catch (error) {
      for (const { reject } of asked) {
        reject(error);
      }
      throw error;
    }
    if (this.#hints === hints) {
      // Met by this read, even if there is no such version.
      this.#hinted = 0;
    }
    this.#take(since, from);
    for (const { resolve } of asked) {
      resolve(true);
    }
  }

  #take(since: Since | undefined, from: number): void {
    if (since === undefined) {
      this.#finish('gone');
      return;
    }
    let isNew = true;
    if (this.#recent === undefined) {
      this.#recent = new RecentChanges(since, from, this.#options.changesMax);
      if (since.reset && from <= since.batch.version) {
        this.#reach.giveUp(from);
      }
    } else {
      isNew = this.#recent.advance(since, this.#oldestVersion());
    }
    if (since.batch.finishedAt !== null) {
      this.#finish('ended');
    } else if (isNew) {
      this.#wakeAll();
    }
  }

  #finish(why: 'ended' | 'gone' | 'abandoned'): void {
    if (this.#over !== undefined) {
      return;
    }
    this.#over = why;
    this.#pump.stop();
    this.#options.onOver();
    for (const { resolve } of this.#asked.splice(0)) {
      resolve(false);
    }
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const reader of this.#readers) {
      reader.wake();
    }
  }

  /** Where the first who resumes wants to go on, so that one read does for it. */
  #firstVersion(): number {
    for (const { version } of this.#readers) {
      if (version !== undefined) {
        return version;
      }
    }
    return NO_HISTORY;
  }

  /** Where the slowest reader goes on. */
  #oldestVersion(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { version } of this.#readers) {
      oldest = Math.min(oldest, version ?? oldest);
    }
    return oldest;
  }
}
