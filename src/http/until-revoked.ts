import type { ExecutionResult, GraphQLError } from 'graphql';

type Results = AsyncGenerator<ExecutionResult, void, void>;
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

/** The results of a subscription, until a signal aborts: then one last result says why, and no other comes. */
export class UntilRevoked implements Results {
  readonly #results: Results;
  readonly #signal: AbortSignal;
  readonly #refusal: () => GraphQLError;
  readonly #onResult: (result: ExecutionResult) => void;
  readonly #onOver: () => void;
  readonly #onAbort = () => this.#cut();
  /** Whoever waits for a result. Not raced against the signal: that would keep a bit of every result. */
  #waiting: PromiseWithResolvers<Next> | undefined;
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
    if (this.#isOver) {
      return Promise.resolve({ done: true, value: undefined });
    }
    if (this.#signal.aborted) {
      void this.return();
      return Promise.resolve(this.#revoked());
    }
    const waiting = Promise.withResolvers<Next>();
    this.#waiting = waiting;
    this.#results
      .next()
      .finally(() => {
        this.#waiting = undefined;
      })
      .then(
        (next) => {
          if (next.done) {
            this.#finish();
          } else if (!this.#isOver) {
            this.#onResult(next.value);
          }
          waiting.resolve(next);
        },
        (error: unknown) => {
          this.#finish();
          waiting.reject(error);
        },
      );
    return waiting.promise;
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

  #cut(): void {
    if (this.#waiting !== undefined) {
      this.#waiting.resolve(this.#revoked());
      void this.return();
    }
  }

  #revoked(): Next {
    const value = { errors: [this.#refusal()] };
    this.#onResult(value);
    return { done: false, value };
  }

  #finish(): void {
    this.#isOver = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#onOver();
  }
}
