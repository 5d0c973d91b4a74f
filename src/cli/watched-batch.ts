import type { BatchSummaryFragment, WatchedProjectFragment } from '../generated/cli-gql/graphql.ts';
import { RUNNING } from './batches.ts';
import type { BatchEvent } from './watch.ts';

/** Of those that have ended, only so many of the last are remembered: a batch may have thousands. */
const MAX_ENDED = 100;

/** A batch as it is watched: its numbers, and those of its projects that there is something to say of. */
export class WatchedBatch {
  #batch: BatchSummaryFragment;
  readonly #projects = new Map<string, WatchedProjectFragment>();

  constructor(batch: BatchSummaryFragment) {
    this.#batch = batch;
  }

  /** As it was last heard of. */
  get batch(): BatchSummaryFragment {
    return this.#batch;
  }

  /** Takes what a list said. A list and the events come by different ways: the newer version of a project stays. */
  load(projects: readonly WatchedProjectFragment[]): void {
    for (const project of projects) {
      const known = this.#projects.get(project.id);
      if (known === undefined || known.version <= project.version) {
        this.#projects.set(project.id, project);
      }
    }
  }

  /** Takes what an event says. */
  apply({ batch, changes, progressed, reset }: BatchEvent): void {
    this.#batch = batch;
    if (reset) {
      this.#projects.clear();
    }
    this.load(changes.map(({ project }) => project));
    this.load(progressed);
    if (batch.totalProjects > MAX_ENDED) {
      for (const { id } of this.#ended().slice(MAX_ENDED)) {
        this.#projects.delete(id);
      }
    }
  }

  /**
   * The projects to show in so many rows: all, in their order, where there is room; otherwise those
   * that run, those that ended last, and then those that wait.
   */
  shown(rows: number): WatchedProjectFragment[] {
    const known = [...this.#projects.values()].sort((one, other) => one.position - other.position);
    if (this.#batch.totalProjects <= rows) {
      return known;
    }
    const running = known.filter(({ status }) => RUNNING.includes(status));
    const waiting = known.filter(({ status }) => status === 'INITIALIZED');
    return [...running, ...this.#ended(), ...waiting].slice(0, rows);
  }

  /** Those that have ended, the last first. */
  #ended(): WatchedProjectFragment[] {
    return [...this.#projects.values()]
      .filter(({ finishedAt }) => finishedAt != null)
      .sort((one, other) => Date.parse(other.finishedAt ?? '') - Date.parse(one.finishedAt ?? ''));
  }
}
