import { expect } from 'vitest';
import type { BatchUpdate, Feed } from '../../src/feed/feed.ts';
import type { TestDatabase } from '../helpers/database.ts';
import { eventsAfter, viewOf } from './model.ts';

/** Watches one batch, with connections that come and go, and keeps what it was told. */
export class Subscriber {
  readonly #feed: Feed;
  readonly #db: TestDatabase;
  readonly #batchId: string;
  /** The version at which it began. */
  readonly #since: number;
  /** The version that it was last told of: the cursor that it reconnects with. */
  #version: number;
  #stream: AsyncIterableIterator<BatchUpdate, undefined> | undefined;
  readonly #seen: { version: number; projectId: string; from: string | null; to: string }[] = [];

  constructor(feed: Feed, db: TestDatabase, batchId: string, version: number) {
    this.#feed = feed;
    this.#db = db;
    this.#batchId = batchId;
    this.#since = version;
    this.#version = version;
  }

  /** Reads one event, where there is something that it has not been told. */
  async readNewest(): Promise<void> {
    const { version } = await viewOf(this.#db, this.#batchId);
    if (this.#version < version) {
      await this.#read();
    }
  }

  /** The connection is lost, with whatever was on its way; the next one begins after the last event. */
  async reconnect(): Promise<void> {
    await this.close();
    this.#connect();
  }

  /** Reads until nothing is new. */
  async catchUp(): Promise<void> {
    const { version } = await viewOf(this.#db, this.#batchId);
    while (this.#version < version) {
      await this.#read();
    }
  }

  /** Compares what it was told with the history. */
  async expectAllSeenOnce(): Promise<void> {
    const events = await eventsAfter(this.#db, this.#batchId, this.#since);
    const changes = events.filter(({ kind }) => kind === 'PROJECT_STATUS_CHANGED');
    expect(this.#seen).toEqual(changes.map(({ version, projectId, from, to }) => ({ version, projectId, from, to })));
  }

  async close(): Promise<void> {
    await this.#stream?.return?.();
    this.#stream = undefined;
  }

  #connect(): AsyncIterableIterator<BatchUpdate, undefined> {
    this.#stream = this.#feed.watchBatch(this.#batchId, this.#version);
    return this.#stream;
  }

  async #read(): Promise<void> {
    const { done, value } = await (this.#stream ?? this.#connect()).next();
    if (done === true || value === undefined) {
      // The batch had ended; it may have been opened again since.
      this.#stream = undefined;
      return;
    }
    expect(value.reset).toBe(false);
    expect(value.batch.version).toBeGreaterThanOrEqual(this.#version);
    this.#version = value.batch.version;
    for (const { version, project, from, to } of value.changes) {
      this.#seen.push({ version, projectId: project.id, from, to });
    }
  }
}
