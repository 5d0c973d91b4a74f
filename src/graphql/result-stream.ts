import type { ExecutionResult } from 'graphql';

type Next = IteratorResult<ExecutionResult, void>;

/** How the results of a subscription are made. */
export interface ResultStreamOptions {
  /** What is made of an event. Where it rejects, the stream breaks. */
  resultOf: (event: unknown) => Promise<ExecutionResult>;
  /** That result as the client is to have it. */
  publicForm: (result: ExecutionResult) => ExecutionResult;
  /** The last result of a stream that breaks. */
  brokenBy: (error: unknown) => ExecutionResult;
}

const DONE: IteratorReturnResult<void> = { done: true, value: undefined };

/**
 * The results of a subscription's events, until they end. A stream that breaks gives one last result
 * with the error. By hand, as an async generator does not hear return() while it waits, and as each
 * event goes through here once for every subscriber.
 */
export class ResultStream implements AsyncGenerator<ExecutionResult, void, void> {
  readonly #events: AsyncIterator<unknown>;
  readonly #options: ResultStreamOptions;
  #isOver = false;

  constructor(events: AsyncIterable<unknown>, options: ResultStreamOptions) {
    this.#events = events[Symbol.asyncIterator]();
    this.#options = options;
  }

  async next(): Promise<Next> {
    if (this.#isOver) {
      return DONE;
    }
    try {
      const event = await this.#events.next();
      if (event.done) {
        this.#isOver = true;
        return DONE;
      }
      const { resultOf, publicForm } = this.#options;
      return { done: false, value: publicForm(await resultOf(event.value)) };
    } catch (error) {
      void this.return();
      return { done: false, value: this.#options.brokenBy(error) };
    }
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
