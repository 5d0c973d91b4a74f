import { type ExecutionArgs, type ExecutionResult, execute, subscribe } from 'graphql';
import type { Context } from './context.ts';
import { reportError } from './report-errors.ts';

/** Runs a query or a mutation; its errors come in their public form. */
export async function runOperation(operation: ExecutionArgs, context: Context): Promise<ExecutionResult> {
  return publicForm(await execute({ ...operation, contextValue: context }), context);
}

/**
 * Runs a subscription; its errors come in their public form. A stream that breaks gives one last
 * result with the error, and ends.
 */
export async function runSubscription(
  operation: ExecutionArgs,
  context: Context,
): Promise<ExecutionResult | AsyncGenerator<ExecutionResult, void, void>> {
  const stream = await subscribe({ ...operation, contextValue: context });
  return Symbol.asyncIterator in stream ? new PublicStream(stream, context) : publicForm(stream, context);
}

function publicForm(result: ExecutionResult, context: Context): ExecutionResult {
  return result.errors === undefined
    ? result
    : { ...result, errors: result.errors.map((error) => reportError(error, context)) };
}

/** By hand, as an async generator does not hear return() while it waits. */
class PublicStream implements AsyncGenerator<ExecutionResult, void, void> {
  readonly #results: AsyncGenerator<ExecutionResult, void, void>;
  readonly #context: Context;
  #broken = false;

  constructor(results: AsyncGenerator<ExecutionResult, void, void>, context: Context) {
    this.#results = results;
    this.#context = context;
  }

  async next(): Promise<IteratorResult<ExecutionResult, void>> {
    if (this.#broken) {
      return { done: true, value: undefined };
    }
    try {
      const next = await this.#results.next();
      return next.done ? next : { done: false, value: publicForm(next.value, this.#context) };
    } catch (error) {
      this.#broken = true;
      return { done: false, value: { errors: [reportError(error, this.#context)] } };
    }
  }

  return(): Promise<IteratorResult<ExecutionResult, void>> {
    return this.#results.return();
  }

  throw(error: unknown): Promise<IteratorResult<ExecutionResult, void>> {
    return this.#results.throw(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
