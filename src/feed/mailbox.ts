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

type Waiter<T> = PromiseWithResolvers<IteratorResult<T, undefined>>;

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * What one subscriber iterates over. It keeps no values itself: whoever has news wakes it, and it
 * takes from its source once the reader asks. An async generator would not do, as its return()
 * waits for the next() before it; this one answers both at once.
 */
export class Mailbox<T> implements AsyncIterableIterator<T, undefined> {
  readonly #source: Source<T>;
  readonly #waiting: Waiter<T>[] = [];
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
    const waiter: Waiter<T> = Promise.withResolvers();
    this.#waiting.push(waiter);
    if (!this.#isOpen && !this.#isClosed) {
      this.#isOpen = true;
      this.#source.open?.();
    }
    this.wake();
    return waiter.promise;
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
      this.#waiting.shift()?.resolve({ done: false, value });
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
      if (this.#error === undefined) {
        waiter.resolve(END);
      } else {
        waiter.reject(this.#error);
        this.#error = undefined;
      }
    }
  }
}
