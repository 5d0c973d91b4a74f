import type { Since } from '../batches/history.ts';
import { BatchStream } from './batch-stream.ts';
import type { Outage } from './outage.ts';
import type { BatchVersion } from './versions.ts';

/** How batches that are watched one by one are read, whichever they are. */
export interface StreamsOptions {
  /** A batch and what happened to it after a version; undefined where there is none. */
  readSince: (batchId: string, afterVersion: number) => Promise<Since | undefined>;
  /** The versions of many batches; those that do not exist are left out. */
  readVersions: (ids: string[]) => Promise<BatchVersion[]>;
  /** More changes than this are a reset. */
  changesMax: number;
  outage: Outage;
}

/** The streams of the batches that are watched, by the id of the batch. Each is gone with its last reader. */
export class Streams {
  readonly #options: StreamsOptions;
  readonly #streams = new Map<string, BatchStream>();

  constructor(options: StreamsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** The owner of a batch that is watched and was read; undefined for any other. */
  ownerOf(batchId: string): string | undefined {
    return this.#streams.get(batchId.toLowerCase())?.recent?.batch.owner;
  }

  /** The stream of a batch; a new one where there is none, or the one there was is over. */
  open(batchId: string): BatchStream {
    const { readSince, changesMax, outage } = this.#options;
    // As notifications write it.
    const id = batchId.toLowerCase();
    const known = this.#streams.get(id);
    if (known !== undefined) {
      return known;
    }
    const stream = new BatchStream({
      read: (afterVersion) => readSince(id, afterVersion),
      changesMax,
      outage,
      onOver: () => this.#streams.delete(id),
    });
    this.#streams.set(id, stream);
    return stream;
  }

  /** A batch has reached this version, or is gone. */
  hint(id: string, version: number): void {
    this.#streams.get(id)?.hint(version);
  }

  /** Finds what hints have missed, with one query for all. Rejects where that can't be read. */
  async check(): Promise<void> {
    if (this.#streams.size === 0) {
      return;
    }
    const streams = [...this.#streams];
    const rows = await this.#options.readVersions(streams.map(([id]) => id));
    const versions = new Map(rows.map(({ id, version }) => [id, version]));
    for (const [id, stream] of streams) {
      const version = versions.get(id);
      if (version === undefined || version < stream.version) {
        // Gone, or a database that was set back: to be read, whatever the version.
        stream.hint(Number.POSITIVE_INFINITY);
      } else {
        stream.hint(version);
      }
    }
  }
}
