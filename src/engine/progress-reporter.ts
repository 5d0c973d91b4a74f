import type { Run } from '../batches/claim.ts';
import { reportFraction } from '../batches/run.ts';
import type { Database } from '../database/database.ts';
import type { Log } from '../log.ts';

/** Clients see no more of a stage's progress than this. */
const INTERVAL_MS = 200;

/**
 * Records how far a stage is, as often as it makes sense: one write at a time, at most five a
 * second, always of the newest figure. A figure that could not be written is forgotten: the next
 * one says more.
 */
export class ProgressReporter {
  readonly #database: Database;
  readonly #run: Run;
  readonly #log: Log;
  #writing: Promise<void> | undefined;
  #writtenAt = 0;
  #isOver = false;

  constructor(database: Database, run: Run, log: Log) {
    this.#database = database;
    this.#run = run;
    this.#log = log;
  }

  /** Takes note of a fraction, 0 to 1. */
  report(fraction: number): void {
    const now = performance.now();
    if (this.#isOver || this.#writing !== undefined || now - this.#writtenAt < INTERVAL_MS) {
      return;
    }
    this.#writtenAt = now;
    const clamped = Math.min(Math.max(fraction, 0), 1);
    this.#writing = reportFraction(this.#database, this.#run, clamped)
      .then(() => undefined)
      .catch((error: unknown) => this.#log.debug({ err: error }, 'progress not recorded'))
      .finally(() => {
        this.#writing = undefined;
      });
  }

  /**
   * Call it before the stage's end is recorded: resolves once nothing is being written. What is
   * reported later is of a stage that is over, and must not count for the next one.
   */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#writing;
  }
}
