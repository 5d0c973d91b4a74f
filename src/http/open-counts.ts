/** How many things of each kind are open, up to a number for each. What has none open takes no memory. */
export class OpenCounts {
  readonly #max: number;
  readonly #open = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Opens one more of a kind until the result is disposed of; undefined where there are as many as may be. */
  open(kind: string): Disposable | undefined {
    const before = this.#open.get(kind) ?? 0;
    if (before >= this.#max) {
      return undefined;
    }
    this.#open.set(kind, before + 1);
    // Disposed of twice it closes once: a stream may well be told more than once that it is over.
    const one = new DisposableStack();
    one.defer(() => this.#close(kind));
    return one;
  }

  /** How many kinds have something open. */
  get size(): number {
    return this.#open.size;
  }

  #close(kind: string): void {
    const left = (this.#open.get(kind) ?? 0) - 1;
    if (left > 0) {
      this.#open.set(kind, left);
    } else {
      this.#open.delete(kind);
    }
  }
}
