import { setTimeout as delay } from 'node:timers/promises';
import { LIST, RESUME } from '../graphql/documents.ts';
import { ask } from './api.ts';

/** Between two rounds of calls. */
const PAUSE_MS = 100;

/** A client that reads and writes all the time, at each of several addresses, and keeps the outcomes. */
export class Caller implements AsyncDisposable {
  /** How many calls were told in plain words that the service is unavailable, and to try again. */
  readonly refusals = { read: 0, write: 0 };
  /** How many calls got what they had asked for. */
  readonly answers = { read: 0, write: 0 };
  /** Everything else that a call came to. */
  readonly surprises: unknown[] = [];
  readonly #calling: Promise<unknown>;
  #isOver = false;

  /** Writes to this batch: it resumes what is not paused, which takes a transaction and changes nothing. */
  constructor(urls: readonly string[], batchId: string) {
    this.#calling = Promise.all(urls.map((url) => this.#call(url, batchId)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#calling;
  }

  async #call(url: string, batchId: string): Promise<void> {
    while (!this.#isOver) {
      await this.#note('read', () => ask(url, LIST, { first: 10 }));
      await this.#note('write', () => ask(url, RESUME, { id: batchId }));
      await delay(PAUSE_MS);
    }
  }

  async #note(kind: 'read' | 'write', call: () => ReturnType<typeof ask>): Promise<void> {
    try {
      const { data, errors = [] } = await call();
      if (data != null && errors.length === 0) {
        this.answers[kind]++;
      } else if (errors.length > 0 && errors.every(saysTryAgain)) {
        this.refusals[kind]++;
      } else {
        this.surprises.push(errors);
      }
    } catch (error) {
      this.surprises.push(error);
    }
  }
}

/** Whether an error says, to programs and to people, that the service is unavailable and the call may be tried again. */
export function saysTryAgain(error: { message: string; extensions?: Record<string, unknown> | undefined }): boolean {
  const { code, retryable } = error.extensions ?? {};
  return code === 'SERVICE_UNAVAILABLE' && retryable === true && /Try again/.test(error.message);
}
