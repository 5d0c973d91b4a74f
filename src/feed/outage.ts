import { reasonOf } from '../database/errors.ts';
import type { DatabaseLog } from '../database/log.ts';

/** Says once that reads fail, however many do, and once that all succeed again. */
export class Outage {
  readonly #log: DatabaseLog;
  readonly #failing = new Set<object>();
  #isTold = false;

  constructor(log: DatabaseLog) {
    this.#log = log;
  }

  /** A read of `reader` has failed, and will be tried again. */
  failed(reader: object, error: unknown): void {
    this.#failing.add(reader);
    if (!this.#isTold) {
      this.#isTold = true;
      this.#log.warn({ err: error }, `the feed can't read: ${reasonOf(error)}`);
    }
  }

  /** A read of `reader` has succeeded. */
  succeeded(reader: object): void {
    this.#failing.delete(reader);
    if (this.#isTold && this.#failing.size === 0) {
      this.#isTold = false;
      this.#log.info({}, 'the feed reads again');
    }
  }

  /** `reader` reads no more, which says nothing of the database. */
  forget(reader: object): void {
    this.#failing.delete(reader);
  }
}
