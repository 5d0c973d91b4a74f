/** Whom the next value of an iteration is given to, or why there is none. Neither of them throws. */
export interface Taker<T, End = undefined> {
  take(next: IteratorResult<T, End>): void;
  fail(error: unknown): void;
}

/**
 * An iteration that can be gone through without promises. With thousands of subscribers each promise
 * on the way of an event costs more than what it is for: all of them then wait at once, and each
 * step goes through the memory of all before the next step begins.
 */
export interface Pullable<T, End = undefined> extends AsyncIterableIterator<T, End> {
  /** Gives what next() would resolve to or reject with, once: before this returns if it is there by now. */
  pull(taker: Taker<T, End>): void;
}

/** next() of what can be pulled. */
export function pulled<T, End>(source: Pick<Pullable<T, End>, 'pull'>): Promise<IteratorResult<T, End>> {
  return new Promise((take, fail) => source.pull({ take, fail }));
}

/** Whether events can be pulled, as those of the feed can. */
export function isPullable(events: AsyncIterable<unknown>): events is Pullable<unknown> {
  return 'pull' in events;
}
