import DataLoader from 'dataloader';
import { findBatches } from '../batches/find.ts';
import { readSince } from '../batches/history.ts';
import { EVERYBODYS, findOwners } from '../batches/owner.ts';
import type { Database } from '../database/database.ts';
import { type DatabaseLog, silentLog } from '../database/log.ts';
import type { Batch } from '../database/models.ts';
import { within } from '../database/within.ts';
import { AllBatches } from './all-batches.ts';
import { BatchWatcher, type OnTake } from './batch-watcher.ts';
import type { Mailbox } from './mailbox.ts';
import { Outage } from './outage.ts';
import { Poll } from './poll.ts';
import type { Pullable } from './pullable.ts';
import type { BatchUpdate } from './recent-changes.ts';
import { Streams } from './streams.ts';
import { liveVersions, versionsOf } from './versions.ts';

export type { BatchUpdate } from './recent-changes.ts';

/** Everything that happens to batches, as it happens, for any number of subscribers. */
export interface Feed extends AsyncDisposable {
  /**
   * One batch, from its present state until it ends; with `afterVersion` from that version on. The
   * first event comes at once. next() rejects with BatchNotFound where there is no such batch, or
   * no longer, or where an `owner` is given and it is another's: no sooner or later than where there
   * is none. Where the first read fails, with the reason. `onTake` is called with every event as its
   * reader is given it.
   */
  watchBatch(batchId: string, afterVersion?: number, owner?: string, onTake?: OnTake): Pullable<BatchUpdate>;
  /**
   * Every batch as it changes from now on; where an `owner` is given, every one of theirs. A slow
   * reader gets only the newest state of each, those first that have waited longest. Never ends by
   * itself; return() has to be called, also where next() never was.
   */
  watchBatches(owner?: string): Pullable<Batch>;
  /** How many subscribers there are at present. */
  readonly subscribers: number;
  /** How many batches are watched one by one at present. */
  readonly watchedBatches: number;
}

/** How a feed is opened. */
export interface FeedOptions {
  database: Database;
  log?: DatabaseLog | undefined;
  /** How often versions are compared, should a notification be lost; 5,000 unless told otherwise. */
  pollMs?: number | undefined;
  /** A subscriber that has missed more changes than this is reset; 10,000 unless told otherwise. */
  mailboxChanges?: number | undefined;
}

const CHANNEL = 'showrunner_batches';
const POLL_MS = 5_000;
const MAILBOX_CHANGES = 10_000;
/** A read that takes longer than this is tried again: a connection may be dead and not say so. */
const READ_MS = 30_000;

/** Begins to listen. Disposing of the feed ends every iteration at once. */
export async function openFeed(options: FeedOptions): Promise<Feed> {
  const feed = new OpenFeed(options);
  await feed.listen();
  return feed;
}

class OpenFeed implements Feed {
  readonly #database: Database;
  readonly #poll: Poll;
  readonly #all: AllBatches;
  readonly #streams: Streams;
  /** Read at once for all who come at once, as after a restart. */
  readonly #owners: DataLoader<string, string | undefined>;
  readonly #mailboxes = new Set<Mailbox<BatchUpdate> | Mailbox<Batch>>();
  #heard: AsyncDisposable | undefined;
  #isClosed = false;

  constructor({ database, log, pollMs, mailboxChanges }: FeedOptions) {
    this.#database = database;
    const outage = new Outage(log ?? silentLog);
    this.#streams = new Streams({
      readSince: (id, afterVersion) => inTime(readSince(database, id, afterVersion)),
      readVersions: (ids) => inTime(versionsOf(database, ids)),
      changesMax: mailboxChanges ?? MAILBOX_CHANGES,
      outage,
    });
    this.#poll = new Poll({
      intervalMs: pollMs ?? POLL_MS,
      check: async () => void (await Promise.all([this.#streams.check(), this.#all.check()])),
      outage,
    });
    this.#all = new AllBatches({
      readBatches: (ids) => inTime(findBatches(database, ids, EVERYBODYS)),
      readLiveVersions: (endedWithinS) => inTime(liveVersions(database, endedWithinS)),
      outage,
    });
    this.#owners = new DataLoader((ids) => inTime(findOwners(database, ids)), { cache: false });
  }

  async listen(): Promise<void> {
    this.#heard = await this.#database.listen(
      CHANNEL,
      (payload) => this.#hear(payload),
      () => {
        this.#all.gap();
        this.#poll.now();
      },
    );
  }

  get subscribers(): number {
    return this.#mailboxes.size;
  }

  get watchedBatches(): number {
    return this.#streams.size;
  }

  watchBatch(batchId: string, afterVersion?: number, owner?: string, onTake?: OnTake): Pullable<BatchUpdate> {
    return new BatchWatcher({
      onTake,
      batchId,
      afterVersion,
      isThere: owner === undefined ? undefined : () => this.#isOf(batchId, owner),
      findStream: () => (this.#isClosed ? undefined : this.#streams.open(batchId)),
      onOpen: (mailbox) => this.#mailboxes.add(mailbox),
      onClose: (mailbox) => this.#mailboxes.delete(mailbox),
    }).mailbox;
  }

  watchBatches(owner?: string): Pullable<Batch> {
    const mailbox = this.#all.watch(owner, (closed) => this.#mailboxes.delete(closed));
    this.#mailboxes.add(mailbox);
    if (this.#isClosed) {
      void mailbox.return();
    } else {
      // What there is at the beginning, to tell later what has changed.
      this.#poll.now();
    }
    return mailbox;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#poll.stop();
    this.#all.stop();
    for (const mailbox of this.#mailboxes) {
      void mailbox.return();
    }
    await this.#heard?.[Symbol.asyncDispose]();
  }

  /** As owners never change, what a stream has read tells whose it is; all but one's own takes as long as what is not there. */
  async #isOf(batchId: string, owner: string): Promise<boolean> {
    return this.#streams.ownerOf(batchId) === owner || (await this.#owners.load(batchId.toLowerCase())) === owner;
  }

  /** A notification is only a hint: `<id of the batch> <version>`. */
  #hear(payload: string): void {
    const [id = '', digits] = payload.split(' ');
    const version = Number(digits);
    if (Number.isSafeInteger(version)) {
      this.#streams.hint(id, version);
      this.#all.hint(id, version);
    }
  }
}

function inTime<T>(reading: Promise<T>): Promise<T> {
  return within(READ_MS, reading, () => {
    throw new Error(`the database did not answer for ${READ_MS} ms`);
  });
}
