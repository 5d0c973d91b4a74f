import { type Pullable, pulled, type Taker } from './pullable.ts';

/** Where a mailbox takes its values from, at the moment that its reader asks for one. */
export interface Source<T> {
  /** Called once, at the first next(). */
  open?(): void;
  /** The next value, or undefined where there is none yet. */
  take(): T | undefined;
  /** Whether take() would give undefined. */
  readonly isEmpty: boolean;
  /** Called once, when the reader has gone or has had everything. */
  close(): void;
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * What one subscriber iterates over. It keeps no values itself: whoever has news wakes it, and it
 * takes from its source once the reader asks. An async generator would not do, as its return()
 * waits for the next() before it; this one answers both at once.
 */
export class Mailbox<T> implements Pullable<T> {
  readonly #source: Source<T>;
  readonly #waiting: Taker<T>[] = [];
  #isOpen = false;
  #isEnding = false;
  #isClosed = false;
  #error: Error | undefined;

  constructor(source: Source<T>) {
    this.#source = source;
  }

  /** Whether the reader has gone or has had everything. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return pulled(this);
  }

  pull(taker: Taker<T>): void {
    this.#waiting.push(taker);
    if (!this.#isOpen && !this.#isClosed) {
      this.#isOpen = true;
      this.#source.open?.();
    }
    this.wake();
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#error = undefined;
    this.#close();
    return Promise.resolve(END);
  }

  throw(error: unknown): Promise<never> {
    void this.return();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Gives those who wait what the source has by now. */
  wake(): void {
    while (!this.#isClosed && this.#waiting.length > 0) {
      const value = this.#source.take();
      if (value === undefined) {
        break;
      }
      this.#waiting.shift()?.take({ done: false, value });
    }
    if (this.#isClosed || (this.#isEnding && this.#source.isEmpty)) {
      // The reader is let go with its last value: it may never ask for another.
      this.#close();
    }
  }

  /** Ends the iteration after what the source still has; with an error if one is given. */
  end(error?: Error): void {
    if (!this.#isClosed && !this.#isEnding) {
      this.#isEnding = true;
      this.#error = error;
      this.wake();
    }
  }

  #close(): void {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#source.close();
    }
    this.#settle();
  }

  #settle(): void {
    for (const waiter of this.#waiting.splice(0)) {
      const error = this.#error;
      // Whoever is told may ask again at once, and is at the end then.
      this.#error = undefined;
      if (error === undefined) {
        waiter.take(END);
      } else {
        waiter.fail(error);
      }
    }
  }
}
