import { validate as isUuid } from 'uuid';
import { BatchNotFound } from '../errors.ts';
import type { BatchStream, Reader } from './batch-stream.ts';
import { Mailbox, type Source } from './mailbox.ts';
import type { BatchUpdate } from './recent-changes.ts';

/** Told of an event that its reader is given, and whether it is their first. */
export type OnTake = (update: BatchUpdate, isFirst: boolean) => void;

/** Whom a watcher watches for, and what. */
export interface BatchWatcherOptions {
  /** As the caller gave it. */
  batchId: string;
  /** The version to go on from; undefined starts with the present state. */
  afterVersion: number | undefined;
  /** Whether the batch is there for whoever watches; undefined where any batch is that exists. */
  isThere: (() => Promise<boolean>) | undefined;
  /** A stream of the batch that is not over; undefined where the feed is closed. */
  findStream: () => BatchStream | undefined;
  onTake: OnTake | undefined;
  onOpen: (mailbox: Mailbox<BatchUpdate>) => void;
  onClose: (mailbox: Mailbox<BatchUpdate>) => void;
}

/** No version: what goes on from here is reset. */
const NOWHERE = -1;

/** One subscriber of one batch: its place in the history that the stream keeps for all. */
export class BatchWatcher implements Source<BatchUpdate>, Reader {
  readonly mailbox: Mailbox<BatchUpdate> = new Mailbox(this);
  readonly #options: BatchWatcherOptions;
  readonly #isFresh: boolean;
  #stream: BatchStream | undefined;
  #version: number | undefined;
  #hasJoined = false;
  #hasBegun = false;

  constructor(options: BatchWatcherOptions) {
    this.#options = options;
    const { afterVersion } = options;
    this.#isFresh = afterVersion === undefined;
    if (afterVersion !== undefined) {
      this.#version = Number.isSafeInteger(afterVersion) && afterVersion >= 0 ? afterVersion : NOWHERE;
    }
  }

  get version(): number | undefined {
    return this.#version;
  }

  get isEmpty(): boolean {
    const recent = this.#hasJoined ? this.#stream?.recent : undefined;
    return recent === undefined || (this.#hasBegun && this.#version === recent.version);
  }

  open(): void {
    const { batchId, onOpen } = this.#options;
    onOpen(this.mailbox);
    if (isUuid(batchId)) {
      void this.#join();
    } else {
      this.mailbox.end(new BatchNotFound(batchId));
    }
  }

  take(): BatchUpdate | undefined {
    const recent = this.#stream?.recent;
    if (recent === undefined || this.isEmpty) {
      return undefined;
    }
    const isSnapshot = this.#isFresh && !this.#hasBegun;
    const update = isSnapshot ? recent.snapshot : recent.since(this.#version ?? NOWHERE);
    this.#options.onTake?.(update, !this.#hasBegun);
    this.#hasBegun = true;
    this.#version = recent.version;
    return update;
  }

  close(): void {
    this.#stream?.detach(this);
    this.#options.onClose(this.mailbox);
  }

  wake(): void {
    if (!this.#hasJoined) {
      return;
    }
    this.mailbox.wake();
    const over = this.#stream?.over;
    if (over !== undefined) {
      this.mailbox.end(over === 'gone' ? new BatchNotFound(this.#options.batchId) : undefined);
    }
  }

  /** Attaches first and reads then, so that nothing falls between the first event and the next. */
  async #join(): Promise<void> {
    const { batchId, isThere, findStream } = this.#options;
    try {
      if (isThere !== undefined && !(await isThere())) {
        this.mailbox.end(new BatchNotFound(batchId));
        return;
      }
      while (!this.mailbox.isClosed && !this.#hasJoined) {
        this.#stream = findStream();
        if (this.#stream === undefined) {
          this.mailbox.end();
          return;
        }
        this.#hasJoined = await this.#joinStream(this.#stream);
      }
      this.wake();
    } catch (error) {
      this.mailbox.end(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** False where the stream was over before it could answer. */
  async #joinStream(stream: BatchStream): Promise<boolean> {
    stream.attach(this);
    const isAnswered = await stream.refresh();
    if (!isAnswered) {
      stream.detach(this);
      return false;
    }
    if (this.#version !== undefined && !this.mailbox.isClosed) {
      await stream.reachBackTo(this.#version);
    }
    return true;
  }
}
