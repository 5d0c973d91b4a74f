import type { Batch } from '../database/models.ts';
import { Mailbox, type Source } from './mailbox.ts';

/** What one watcher of all batches, or of one owner's, has yet to read: the newest state of each that changed, longest changed first. */
export class NewestBatches implements Source<Batch> {
  readonly mailbox: Mailbox<Batch> = new Mailbox(this);
  readonly #pending = new Map<string, Batch>();
  readonly #owner: string | undefined;
  readonly #onClose: (watcher: NewestBatches) => void;

  /** Watches the batches of this owner; of everybody where it is undefined. */
  constructor(owner: string | undefined, onClose: (watcher: NewestBatches) => void) {
    this.#owner = owner;
    this.#onClose = onClose;
  }

  get isEmpty(): boolean {
    return this.#pending.size === 0;
  }

  /** The newest state of a batch; undefined where it is gone, so that there is nothing to show. */
  put(id: string, batch: Batch | undefined): void {
    if (batch === undefined) {
      this.#pending.delete(id);
    } else if (this.#owner === undefined || this.#owner === batch.owner) {
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
