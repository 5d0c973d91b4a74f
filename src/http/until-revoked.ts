import type { ExecutionResult, GraphQLError } from 'graphql';
import { pulled, type Results, type ResultTaker } from '../graphql/index.ts';

type Next = IteratorResult<ExecutionResult, void>;

/** When a subscription is to end, and how. */
export interface UntilRevokedOptions {
  /** Aborts once it is to end. */
  revoked: AbortSignal;
  /** What its last result says then. */
  refusal: () => GraphQLError;
  /** Called with each result. */
  onResult: (result: ExecutionResult) => void;
  /** Called at the end, whichever it is. */
  onOver: () => void;
}

const DONE: IteratorReturnResult<void> = { done: true, value: undefined };

/**
 * The results of a subscription, until a signal aborts: then one last result says why, and no other
 * comes. Whoever waits is let go by the end of the results themselves. A race against the signal
 * would keep a bit of every result, and cost each subscriber more than the rest of its way out.
 */
export class UntilRevoked implements Results, ResultTaker {
  readonly #results: Results;
  readonly #signal: AbortSignal;
  readonly #refusal: () => GraphQLError;
  readonly #onResult: (result: ExecutionResult) => void;
  readonly #onOver: () => void;
  readonly #onAbort = () => void this.#results.return();
  #taker: ResultTaker | undefined;
  #isOver = false;

  constructor(results: Results, { revoked: signal, refusal, onResult, onOver }: UntilRevokedOptions) {
    this.#results = results;
    this.#signal = signal;
    this.#refusal = refusal;
    this.#onResult = onResult;
    this.#onOver = onOver;
    signal.addEventListener('abort', this.#onAbort);
  }

  next(): Promise<Next> {
    return pulled(this);
  }

  pull(taker: ResultTaker): void {
    if (this.#isOver) {
      taker.take(DONE);
    } else {
      this.#taker = taker;
      this.#results.pull(this);
    }
  }

  take(next: Next): void {
    let passed: Next;
    try {
      passed = this.#passed(next);
    } catch (error) {
      this.fail(error);
      return;
    }
    this.#taker?.take(passed);
  }

  fail(error: unknown): void {
    this.#finish();
    this.#taker?.fail(error);
  }

  return(): Promise<Next> {
    this.#finish();
    return this.#results.return();
  }

  throw(error: unknown): Promise<Next> {
    this.#finish();
    return this.#results.throw(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** What is given in place of a result. */
  #passed(next: Next): Next {
    if (this.#isOver) {
      return DONE;
    }
    if (this.#signal.aborted) {
      const value = { errors: [this.#refusal()] };
      this.#finish();
      this.#onResult(value);
      return { done: false, value };
    }
    if (next.done) {
      this.#finish();
    } else {
      this.#onResult(next.value);
    }
    return next;
  }

  #finish(): void {
    this.#isOver = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#onOver();
  }
}
