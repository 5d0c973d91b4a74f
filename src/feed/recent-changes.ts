import type { Change, Since } from '../batches/history.ts';
import type { ProjectRow } from '../batches/rows.ts';
import type { Batch } from '../database/models.ts';

/** One event of one subscriber of a batch. Subscribers that are in step are given the same object. */
export interface BatchUpdate {
  /** As of version `batch.version`, which is the cursor to go on from. */
  batch: Batch;
  /**
   * Every status change since this subscriber's event before, oldest first, each with its project
   * as it was when the change was read. Empty in the first event of a fresh subscription.
   */
  changes: Change[];
  /**
   * The running projects that moved on within their stage since the event before, as they are now,
   * each once. Not those whose last row in `changes` shows that already: a reader that applies
   * `changes` in order and then these has the newest of each.
   */
  progressed: ProjectRow[];
  /** True where changes are missing, and `batch` is the truth to start from. */
  reset: boolean;
}

/** A project that runs, and the version at which it was last seen to move within its stage. */
interface Running {
  row: ProjectRow;
  movedAt: number;
}

/** Not seen to move yet: what brought it here is a change, or will be one. */
const NOT_YET = -1;

/** Subscribers go on from a handful of versions. Who goes on from others is given an update of their own. */
const UPDATES_MAX = 100;

/**
 * What is known of one batch: its newest state, and as much of its recent history as subscribers
 * still need. All of them share it, and each is but a version in it: so a slow one costs no more
 * than a number, and those at the same version are given one and the same update.
 */
export class RecentChanges {
  readonly #changesMax: number;
  #batch: Batch;
  /** Every change of a later version than #floor, oldest first. */
  #changes: Change[] = [];
  #floor: number;
  #running = new Map<string, Running>();
  /** Updates of the present version, by the version that they go on from. */
  readonly #updates = new Map<number, BatchUpdate>();
  #snapshot: BatchUpdate;

  /** Starts with what was read since version `from`. Holds at most `changesMax` changes. */
  constructor(since: Since, from: number, changesMax: number) {
    this.#changesMax = changesMax;
    this.#batch = since.batch;
    this.#snapshot = snapshotOf(since.batch);
    this.#floor = since.reset ? since.batch.version : from;
    this.#append(since.changes);
    for (const row of since.running) {
      // How far it was before is not known: to all who go on from an earlier version it has moved.
      this.#running.set(row.id, { row, movedAt: since.batch.version });
    }
    this.#showLatest(this.#changes);
  }

  get batch(): Batch {
    return this.#batch;
  }

  get version(): number {
    return this.#batch.version;
  }

  /** The first event of a fresh subscription. */
  get snapshot(): BatchUpdate {
    return this.#snapshot;
  }

  /** Whether all that happened after this version is held. */
  reachesBackTo(version: number): boolean {
    return version >= this.#floor;
  }

  /** What happened after this version; a reset where that is not held, or has not been reached. */
  since(version: number): BatchUpdate {
    const known = this.#updates.get(version);
    if (known !== undefined) {
      return known;
    }
    const reset = !this.reachesBackTo(version) || !(version <= this.version);
    const last = this.#changes.findLastIndex((change) => change.version <= version);
    const changes = reset ? [] : this.#changes.slice(last + 1);
    const progressed = reset ? [] : this.#movedAfter(version, changes);
    const update: BatchUpdate = { batch: this.#batch, changes, progressed, reset };
    if (this.#updates.size < UPDATES_MAX) {
      this.#updates.set(version, update);
    }
    return update;
  }

  /**
   * Takes in what was read since the present version; whether that was anything. Forgets what
   * happened up to version `needed`, from which its slowest subscriber goes on.
   */
  advance(since: Since, needed: number): boolean {
    if (since.batch.version === this.version) {
      return false;
    }
    this.#dropUpTo(Math.min(needed, this.version));
    this.#batch = since.batch;
    this.#snapshot = snapshotOf(since.batch);
    this.#updates.clear();
    if (since.reset) {
      this.#changes = [];
      this.#floor = this.version;
    }
    this.#run(since);
    this.#append(since.changes);
    return true;
  }

  /** Takes in what was read since an earlier version; false where that leaves a gap, or is too much. */
  extendBackTo(version: number, since: Since): boolean {
    const older = since.changes.filter((change) => change.version <= this.#floor);
    if (since.reset || since.batch.version < this.#floor || older.length + this.#changes.length > this.#changesMax) {
      return false;
    }
    this.#showLatest(older);
    this.#changes = [...older, ...this.#changes];
    this.#floor = Math.min(this.#floor, version);
    this.#updates.clear();
    return true;
  }

  #append(changes: readonly Change[]): void {
    this.#changes = [...this.#changes, ...changes];
    const excess = this.#changes.length - this.#changesMax;
    const last = this.#changes[excess - 1];
    if (last !== undefined) {
      // Whole versions only: half of one would be a gap.
      this.#dropUpTo(last.version);
    }
  }

  #dropUpTo(version: number): void {
    if (version > this.#floor) {
      this.#changes = this.#changes.filter((change) => change.version > version);
      this.#floor = version;
    }
  }

  /** Finds out which of the running projects moved. */
  #run({ changes, running }: Since): void {
    const changed = new Set(changes.map(({ project }) => project.id));
    const before = this.#running;
    this.#running = new Map();
    for (const row of running) {
      const was = before.get(row.id);
      const moved = was?.row.status === row.status && was.row.progress !== row.progress;
      const movedAt = moved || changed.has(row.id) ? this.version : (was?.movedAt ?? NOT_YET);
      this.#running.set(row.id, { row, movedAt });
    }
    this.#showLatest(changes);
  }

  /** Changes and running projects are read apart: the later row is the one to show, and to compare with. */
  #showLatest(changes: readonly Change[]): void {
    for (const change of changes) {
      change.project = this.#running.get(change.project.id)?.row ?? change.project;
    }
  }

  #movedAfter(version: number, changes: readonly Change[]): ProjectRow[] {
    const shown = new Map(changes.map(({ project }) => [project.id, project]));
    const moved: ProjectRow[] = [];
    for (const { row, movedAt } of this.#running.values()) {
      const last = shown.get(row.id);
      if (movedAt > version && (last?.status !== row.status || last.progress !== row.progress)) {
        moved.push(row);
      }
    }
    return moved;
  }
}

function snapshotOf(batch: Batch): BatchUpdate {
  return { batch, changes: [], progressed: [], reset: false };
}
