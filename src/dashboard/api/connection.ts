/** Whether changes arrive: as they happen, not at the moment, or not since a while. */
export type Connection =
  | { state: 'connecting' }
  | { state: 'live' }
  | { state: 'reconnecting' }
  | { state: 'offline'; since: Date };

/** A connection that is lost for longer than this is called offline. */
const OFFLINE_AFTER_MS = 8_000;

/** What is known of the connection; for useSyncExternalStore. */
export class ConnectionStore {
  #current: Connection = { state: 'connecting' };
  #lostAt: Date | undefined;
  #late: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();

  readonly get = (): Connection => this.#current;

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Changes arrive. */
  live(): void {
    clearTimeout(this.#late);
    this.#lostAt = undefined;
    this.#become({ state: 'live' });
  }

  /** The connection is lost, or could not be made; called for each attempt that fails. */
  lost(): void {
    if (this.#lostAt !== undefined) {
      return;
    }
    const since = new Date();
    this.#lostAt = since;
    this.#become({ state: 'reconnecting' });
    this.#late = setTimeout(() => this.#become({ state: 'offline', since }), OFFLINE_AFTER_MS);
  }

  #become(connection: Connection): void {
    this.#current = connection;
    for (const listener of this.#listeners) {
      listener();
    }
  }
}
