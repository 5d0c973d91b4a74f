import { type ExecutionResult, GraphQLError } from 'graphql';
import { UNAUTHENTICATED } from '../auth/errors.ts';

type Results = AsyncGenerator<ExecutionResult, void, void>;
type Next = IteratorResult<ExecutionResult, void>;

/** What a stream ends with whose token is no longer taken. */
function revoked(): Next {
  const error = new GraphQLError('The token is not valid any longer.', { extensions: { code: UNAUTHENTICATED } });
  return { done: false, value: { errors: [error] } };
}

/**
 * The results of a subscription, until `revoked` aborts: then one last result says why, and no other
 * comes. `onOver` is called at the end, whichever it is.
 */
export class UntilRevoked implements Results {
  readonly #results: Results;
  readonly #signal: AbortSignal;
  readonly #onOver: () => void;
  readonly #onAbort = () => this.#cut();
  /** Whoever waits for a result. Not raced against the signal: that would keep a bit of every result. */
  #waiting: PromiseWithResolvers<Next> | undefined;
  #isOver = false;

  constructor(results: Results, { revoked: signal, onOver }: { revoked: AbortSignal; onOver: () => void }) {
    this.#results = results;
    this.#signal = signal;
    this.#onOver = onOver;
    signal.addEventListener('abort', this.#onAbort);
  }

  next(): Promise<Next> {
    if (this.#isOver) {
      return Promise.resolve({ done: true, value: undefined });
    }
    if (this.#signal.aborted) {
      void this.return();
      return Promise.resolve(revoked());
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
      this.#waiting.resolve(revoked());
      void this.return();
    }
  }

  #finish(): void {
    this.#isOver = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#onOver();
  }
}
