/** An event and its place in its history. */
export interface Logged<Event> {
  readonly cursor: string;
  readonly node: Event;
}

/** A page of a history, oldest first, as the API gives it. */
export interface EventPage<Event> {
  readonly edges: readonly (Logged<Event> | null)[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean };
}

/** Which page: the first after a place, or the last before one; null is the very beginning or end. */
export type PageWanted = { first: number; after: string | null } | { last: number; before: string | null };

/** What is known of a history. */
export interface EventLogState<Event> {
  /** Without gap or repeat, newest first. */
  readonly events: readonly Logged<Event>[];
  /** Whether anything has been read yet. */
  readonly isRead: boolean;
  /** Whether there is more before the oldest of these. */
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
  /** Whether the last attempt to read was refused. */
  readonly hasFailed: boolean;
}

/** As many as the API gives at once. */
const PAGE_SIZE = 100;

/**
 * A history that grows at its new end, is read from there, and goes back page by page as far as
 * somebody wants to look; for useSyncExternalStore.
 */
export class EventLog<Event> {
  readonly #read: (page: PageWanted) => Promise<EventPage<Event>>;
  readonly #firstSize: number;
  readonly #listeners = new Set<() => void>();
  #state: EventLogState<Event> = {
    events: [],
    isRead: false,
    hasOlder: false,
    isLoadingOlder: false,
    hasFailed: false,
  };
  #isCatchingUp = false;
  #isDue = false;

  /** `read` reads one page; the newest `firstSize` events are read at first, at most 100. */
  constructor(read: (page: PageWanted) => Promise<EventPage<Event>>, firstSize: number) {
    this.#read = read;
    this.#firstSize = firstSize;
  }

  readonly get = (): EventLogState<Event> => this.#state;

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /**
   * Reads what is newer than the newest that is known, until there is no more. A call while that
   * goes on makes it look once more. Never rejects.
   */
  async catchUp(): Promise<void> {
    this.#isDue = true;
    if (this.#isCatchingUp) {
      return;
    }
    this.#isCatchingUp = true;
    try {
      while (this.#isDue) {
        this.#isDue = false;
        await (this.#state.isRead ? this.#readNewer() : this.#readNewest());
      }
      this.#become({ hasFailed: false });
    } catch {
      this.#become({ hasFailed: true });
    } finally {
      this.#isCatchingUp = false;
    }
  }

  /** Reads the page before the oldest event that is known, if there is one and it is not on its way. Never rejects. */
  async loadOlder(): Promise<void> {
    const oldest = this.#state.events.at(-1);
    if (oldest === undefined || !this.#state.hasOlder || this.#state.isLoadingOlder) {
      return;
    }
    this.#become({ isLoadingOlder: true });
    try {
      const page = await this.#read({ last: PAGE_SIZE, before: oldest.cursor });
      this.#become({
        events: [...this.#state.events, ...newestFirst(page)],
        hasOlder: page.pageInfo.hasPreviousPage,
        hasFailed: false,
      });
    } catch {
      this.#become({ hasFailed: true });
    } finally {
      this.#become({ isLoadingOlder: false });
    }
  }

  async #readNewest(): Promise<void> {
    const page = await this.#read({ last: this.#firstSize, before: null });
    this.#become({ events: newestFirst(page), hasOlder: page.pageInfo.hasPreviousPage, isRead: true });
  }

  async #readNewer(): Promise<void> {
    for (;;) {
      const page = await this.#read({ first: PAGE_SIZE, after: this.#state.events[0]?.cursor ?? null });
      if (page.edges.length > 0) {
        this.#become({ events: [...newestFirst(page), ...this.#state.events] });
      }
      if (!page.pageInfo.hasNextPage) {
        return;
      }
    }
  }

  #become(changes: Partial<EventLogState<Event>>): void {
    this.#state = { ...this.#state, ...changes };
    for (const listener of this.#listeners) {
      listener();
    }
  }
}

function newestFirst<Event>({ edges }: EventPage<Event>): Logged<Event>[] {
  return edges.filter((edge) => edge !== null).toReversed();
}
