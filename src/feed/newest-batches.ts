import type { Batch } from '../database/models.ts';
import { Mailbox, type Source } from './mailbox.ts';

/** What one watcher of all batches has yet to read: the newest state of each that changed, longest changed first. */
export class NewestBatches implements Source<Batch> {
  readonly mailbox: Mailbox<Batch> = new Mailbox(this);
  readonly #pending = new Map<string, Batch>();
  readonly #onClose: (watcher: NewestBatches) => void;

  constructor(onClose: (watcher: NewestBatches) => void) {
    this.#onClose = onClose;
  }

  get isEmpty(): boolean {
    return this.#pending.size === 0;
  }

  /** The newest state of a batch; undefined where it is gone, so that there is nothing to show. */
  put(id: string, batch: Batch | undefined): void {
    if (batch === undefined) {
      this.#pending.delete(id);
    } else {
      this.#pending.set(id, batch);
      this.mailbox.wake();
    }
  }

  take(): Batch | undefined {
    for (const [id, batch] of this.#pending) {
      this.#pending.delete(id);
      return batch;
    }
    return undefined;
  }

  close(): void {
    this.#pending.clear();
    this.#onClose(this);
  }
}
