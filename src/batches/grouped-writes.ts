/** One write that waits for its turn. */
interface Waiting<Item, Result> extends PromiseWithResolvers<Result> {
  readonly item: Item;
}

/** How writes are put together. */
export interface GroupedWritesOptions<Item, Result> {
  /** Writes of one group go together, one group at a time; those of different ones don't wait for each other. */
  groupOf: (item: Item) => string;
  /** Two of the same are never written at once. */
  subjectOf: (item: Item) => string;
  /** Writes them all, or none and rejects. Gives what tells the result of each. */
  write: (items: readonly Item[]) => Promise<(item: Item) => Result>;
}

/** As many go into one statement. */
const MAX_ITEMS = 100;

/**
 * Group commit: what comes while a write of its group is under way waits, and then goes all at once.
 * The first one never waits. Writes of one batch would wait for each other anyway, each for as long
 * as the database takes to make the one before it durable.
 */
export class GroupedWrites<Item, Result> {
  readonly #options: GroupedWritesOptions<Item, Result>;
  readonly #waiting = new Map<string, Waiting<Item, Result>[]>();

  constructor(options: GroupedWritesOptions<Item, Result>) {
    this.#options = options;
  }

  /** Resolves with the result once it is written; rejects where that failed. */
  write(item: Item): Promise<Result> {
    const group = this.#options.groupOf(item);
    const waiting = this.#waiting.get(group);
    const one = { item, ...Promise.withResolvers<Result>() };
    if (waiting === undefined) {
      this.#waiting.set(group, [one]);
      void this.#run(group);
    } else {
      waiting.push(one);
    }
    return one.promise;
  }

  async #run(group: string): Promise<void> {
    for (let waiting = this.#waiting.get(group); waiting?.length; waiting = this.#waiting.get(group)) {
      const [now, later] = this.#split(waiting);
      this.#waiting.set(group, later);
      if (now.length === 1 || !(await this.#write(now))) {
        // What is wrong with one of them is nobody else's.
        await Promise.all(now.map((one) => this.#writeAlone(one)));
      }
    }
    this.#waiting.delete(group);
  }

  /** False where that failed. */
  async #write(now: readonly Waiting<Item, Result>[]): Promise<boolean> {
    try {
      const resultOf = await this.#options.write(now.map(({ item }) => item));
      for (const { item, resolve } of now) {
        resolve(resultOf(item));
      }
      return true;
    } catch {
      return false;
    }
  }

  async #writeAlone({ item, resolve, reject }: Waiting<Item, Result>): Promise<void> {
    try {
      resolve((await this.#options.write([item]))(item));
    } catch (error) {
      reject(error);
    }
  }

  /** The next to be written, at most one of each subject; and the rest. */
  #split(waiting: readonly Waiting<Item, Result>[]): [Waiting<Item, Result>[], Waiting<Item, Result>[]] {
    const subjects = new Set<string>();
    const now: Waiting<Item, Result>[] = [];
    const later: Waiting<Item, Result>[] = [];
    for (const one of waiting) {
      const subject = this.#options.subjectOf(one.item);
      if (now.length < MAX_ITEMS && !subjects.has(subject)) {
        now.push(one);
      } else {
        later.push(one);
      }
      subjects.add(subject);
    }
    return [now, later];
  }
}
