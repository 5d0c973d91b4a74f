import type { ExecutionResult, GraphQLError } from 'graphql';
import { type Pullable, pulled, type Taker } from '../feed/pullable.ts';
import { type ResultMaking, type ResultWaiter, shareResult } from './shared-results.ts';

type Next = IteratorResult<ExecutionResult, void>;

/** Whom the results of a subscription are given to. */
export type ResultTaker = Taker<ExecutionResult, void>;

/** The results of a subscription, which can be pulled, too: the next one once the one before was taken. */
export interface Results extends AsyncGenerator<ExecutionResult, void, void> {
  pull(taker: ResultTaker): void;
}

/** How the results of a subscription are made. Where that fails, the stream breaks. */
export interface ResultStreamOptions extends ResultMaking {
  /** The errors of a result as the client is to have them. */
  publicForm: (errors: readonly GraphQLError[]) => readonly GraphQLError[];
  /** The last result of a stream that breaks. */
  brokenBy: (error: unknown) => ExecutionResult;
}

const DONE: IteratorReturnResult<void> = { done: true, value: undefined };

/**
 * The results of a subscription's events, until they end. A stream that breaks gives one last result
 * with the error. By hand, as an async generator does not hear return() while it waits, and as each
 * event goes through here once for every subscriber: for the same reason it takes them itself, and
 * needs no other object for each.
 */
export class ResultStream implements Results, Taker<unknown>, ResultWaiter {
  readonly #events: Pullable<unknown>;
  readonly #options: ResultStreamOptions;
  #taker: ResultTaker | undefined;
  #isOver = false;

  constructor(events: Pullable<unknown>, options: ResultStreamOptions) {
    this.#events = events;
    this.#options = options;
  }

  next(): Promise<Next> {
    return pulled(this);
  }

  pull(taker: ResultTaker): void {
    if (this.#isOver) {
      taker.take(DONE);
    } else {
      this.#taker = taker;
      this.#events.pull(this);
    }
  }

  take({ done, value }: IteratorResult<unknown, undefined>): void {
    if (done === true) {
      this.#isOver = true;
      this.#taker?.take(DONE);
    } else {
      shareResult(value, this.#options, this);
    }
  }

  made(result: ExecutionResult): void {
    let value = result;
    if (result.errors !== undefined) {
      try {
        value = { ...result, errors: this.#options.publicForm(result.errors) };
      } catch (error) {
        this.fail(error);
        return;
      }
    }
    this.#taker?.take({ done: false, value });
  }

  fail(error: unknown): void {
    void this.return();
    this.#taker?.take({ done: false, value: this.#options.brokenBy(error) });
  }

  async return(): Promise<Next> {
    this.#isOver = true;
    await this.#events.return?.();
    return DONE;
  }

  async throw(error: unknown): Promise<Next> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
