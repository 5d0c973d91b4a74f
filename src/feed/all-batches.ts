import type { Batch } from '../database/models.ts';
import type { Mailbox } from './mailbox.ts';
import { NewestBatches } from './newest-batches.ts';
import type { Outage } from './outage.ts';
import { Pump } from './pump.ts';
import type { BatchVersion } from './versions.ts';

/** How the batches are read, whichever they are. */
export interface AllBatchesOptions {
  /** Many batches at once, in the order of their ids; undefined for one that does not exist. */
  readBatches: (ids: string[]) => Promise<(Batch | undefined)[]>;
  /** The versions of the batches that have not ended, or did in the last so many seconds. */
  readLiveVersions: (endedWithinS: number) => Promise<BatchVersion[]>;
  outage: Outage;
}

/** What is known of a batch that is or was lately at work. */
interface Known {
  version: number;
  /** When that version was given out, on the clock of performance.now(); undefined if it was not. */
  toldAtMs: number | undefined;
}

const BATCHES_PER_READ = 500;
/** For how long a transaction may go on after it has ended a batch, and the change still be found. */
const MARGIN_S = 60;

/**
 * Every batch, for those who watch them all. Hints are read many at a time. What hints have missed
 * is found by comparing the versions of the batches that have not ended, or ended lately: all others
 * are at rest, so that neither the comparison nor what is remembered grows with the table.
 */
export class AllBatches {
  readonly #options: AllBatchesOptions;
  readonly #watchers = new Set<NewestBatches>();
  readonly #pump: Pump;
  /** Batches to read, and the version that each has reached at least. */
  readonly #due = new Map<string, number>();
  /** Undefined until the first check: what there is at the beginning is no change. */
  #known: Map<string, Known> | undefined;
  #checkedAtMs: number | undefined;
  #hasGap = false;

  constructor(options: AllBatchesOptions) {
    this.#options = options;
    this.#pump = new Pump({
      isDue: () => this.#due.size > 0,
      read: () => this.#read(),
      outage: options.outage,
    });
  }

  /** Whether nobody watches. */
  get isIdle(): boolean {
    return this.#watchers.size === 0;
  }

  /** Watches from this moment on, also before the first next(): this owner's, or everybody's (undefined). */
  watch(owner: string | undefined, onClose: (mailbox: Mailbox<Batch>) => void): Mailbox<Batch> {
    const watcher = new NewestBatches(owner, (closed) => {
      this.#watchers.delete(closed);
      if (this.isIdle) {
        this.#forget();
      }
      onClose(closed.mailbox);
    });
    this.#watchers.add(watcher);
    return watcher.mailbox;
  }

  /** A batch has reached this version, or is gone. */
  hint(id: string, version: number): void {
    const known = this.#known?.get(id);
    const isTold = known?.toldAtMs !== undefined && known.version >= version;
    if (!this.isIdle && !isTold) {
      this.#due.set(id, Math.max(version, this.#due.get(id) ?? 0));
      this.#pump.poke();
    }
  }

  /** Hints may have been missed: the next check is to assume it. */
  gap(): void {
    this.#hasGap = !this.isIdle;
  }

  /** Finds what hints have missed. Rejects where that can't be read. */
  async check(): Promise<void> {
    if (this.isIdle) {
      return;
    }
    const nowMs = performance.now();
    const hadGap = this.#hasGap;
    this.#hasGap = false;
    const sinceS = (nowMs - (this.#checkedAtMs ?? nowMs)) / 1_000;
    try {
      this.#compare(await this.#options.readLiveVersions(sinceS + MARGIN_S), nowMs, hadGap);
    } catch (error) {
      this.#hasGap ||= hadGap;
      throw error;
    }
  }

  stop(): void {
    this.#pump.stop();
  }

  #compare(rows: readonly BatchVersion[], readAtMs: number, hadGap: boolean): void {
    if (this.isIdle) {
      return;
    }
    const known = new Map<string, Known>();
    for (const { id, version } of rows) {
      const was = this.#known?.get(id);
      // What was there at the first check may have come just before it, with its hint in the gap.
      const isMissed = was === undefined ? this.#known !== undefined : was.version !== version;
      if (isMissed || (hadGap && was?.toldAtMs === undefined)) {
        this.#due.set(id, Math.max(version, this.#due.get(id) ?? 0));
      }
      known.set(id, was ?? { version, toldAtMs: undefined });
    }
    for (const [id, was] of this.#known ?? []) {
      if (was.toldAtMs !== undefined && was.toldAtMs >= readAtMs) {
        known.set(id, was);
      }
    }
    this.#known = known;
    this.#checkedAtMs = readAtMs;
    this.#pump.poke();
  }

  async #read(): Promise<void> {
    const reading = [...this.#due].slice(0, BATCHES_PER_READ);
    for (const [id] of reading) {
      this.#due.delete(id);
    }
    const ids = reading.map(([id]) => id);
    try {
      const batches = await this.#options.readBatches(ids);
      for (const [index, id] of ids.entries()) {
        this.#tell(id, batches[index]);
      }
    } catch (error) {
      for (const [id, version] of reading) {
        this.#due.set(id, Math.max(version, this.#due.get(id) ?? 0));
      }
      throw error;
    }
  }

  #tell(id: string, batch: Batch | undefined): void {
    if (batch !== undefined && (this.#due.get(id) ?? Number.POSITIVE_INFINITY) <= batch.version) {
      this.#due.delete(id);
    }
    const known = this.#known?.get(id);
    if (batch === undefined) {
      this.#known?.delete(id);
    } else if (known?.toldAtMs !== undefined && known.version === batch.version) {
      return;
    } else {
      this.#known?.set(id, { version: batch.version, toldAtMs: performance.now() });
    }
    for (const watcher of this.#watchers) {
      watcher.put(id, batch);
    }
  }

  #forget(): void {
    this.#due.clear();
    this.#known = undefined;
    this.#checkedAtMs = undefined;
    this.#hasGap = false;
  }
}
