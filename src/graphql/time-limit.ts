/** What an operation ends with that takes longer than it may. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';

  constructor(limitMs: number) {
    super(`it took longer than ${limitMs} ms`);
  }
}

/** The time that something may take, from now on. Disposing of it stops the clock. */
export class TimeLimit implements Disposable {
  readonly #over = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(limitMs: number) {
    this.#timer = setTimeout(() => this.#over.abort(new TimedOut(limitMs)), limitMs);
  }

  /** Aborts with TimedOut once the time is over. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/** Whether that is why something failed. */
export function isTimeLimit(error: unknown): boolean {
  return error instanceof TimedOut || (error instanceof Error && isTimeLimit(error.cause));
}
