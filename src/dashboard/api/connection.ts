/** Whether changes arrive: as they happen, not at the moment, or not since a while. */
export type Connection =
  | { state: 'connecting' }
  | { state: 'live' }
  | { state: 'reconnecting' }
  | { state: 'offline'; since: Date };

/** A connection that is lost for longer than this is called offline. */
const OFFLINE_AFTER_MS = 8_000;
/** Longer than the service itself works on an answer. */
const ANSWER_MS = 60_000;
/** So long after a loss an answer is waited for only this long. */
const SUSPICIOUS_MS = 30_000;
const SUSPICIOUS_ANSWER_MS = 3_000;

/** What is known of the connection; for useSyncExternalStore. */
class ConnectionStore {
  #current: Connection = { state: 'connecting' };
  #lostAt: Date | undefined;
  #late: ReturnType<typeof setTimeout> | undefined;
  #untilLost = new AbortController();
  #returnedMs = Number.NEGATIVE_INFINITY;
  readonly #listeners = new Set<() => void>();

  readonly get = (): Connection => this.#current;

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Whether there was a connection, or an attempt at one, and there is none now. */
  get isLost(): boolean {
    return this.#lostAt !== undefined;
  }

  /** Aborts when the connection is lost, or is another one: what is under way over a dead network would never end. */
  get lostSignal(): AbortSignal {
    return this.#untilLost.signal;
  }

  /**
   * How long to wait for an answer, in milliseconds. A browser keeps connections for later: after a
   * loss it may well ask over one that is as dead as that which was lost, and never hear of it.
   */
  get answerWithinMs(): number {
    return Date.now() - this.#returnedMs < SUSPICIOUS_MS ? SUSPICIOUS_ANSWER_MS : ANSWER_MS;
  }

  /** Changes arrive. */
  live(): void {
    clearTimeout(this.#late);
    if (this.#lostAt !== undefined) {
      this.#lostAt = undefined;
      this.#returnedMs = Date.now();
      this.#abandon();
    }
    this.#become({ state: 'live' });
  }

  /** The connection is lost, or could not be made; called for each attempt that fails. */
  lost(): void {
    if (this.#lostAt !== undefined) {
      return;
    }
    this.#abandon();
    const since = new Date();
    this.#lostAt = since;
    this.#become({ state: 'reconnecting' });
    this.#late = setTimeout(() => this.#become({ state: 'offline', since }), OFFLINE_AFTER_MS);
  }

  #abandon(): void {
    this.#untilLost.abort(new Error('the connection is lost'));
    this.#untilLost = new AbortController();
  }

  #become(connection: Connection): void {
    this.#current = connection;
    for (const listener of this.#listeners) {
      listener();
    }
  }
}

export type { ConnectionStore };

/** The connection of this page. */
export const connection = new ConnectionStore();
