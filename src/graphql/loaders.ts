import DataLoader from 'dataloader';
import type { Access } from '../batches/access.ts';
import { findContents } from '../batches/find.ts';
import { measureStages, type StageMeasure } from '../batches/measure.ts';
import type { ProjectRow } from '../batches/rows.ts';
import type { Batch } from '../generated/prisma/client.ts';
import { type SharedLoaders, sharedLoaders } from './shared-loaders.ts';

/** Reads by key; whatever is asked for at the same moment is one statement. */
interface Loader<Key, Value> {
  load(key: Key): Promise<Value>;
}

/** Reads by UUID what exists for the caller, and parts of lists. */
export interface Loaders extends Pick<SharedLoaders, 'batches' | 'projects'> {
  /** A batch; undefined where there is none. */
  readonly batch: Loader<string, Batch | undefined>;
  /** A project without its text; undefined where there is none. */
  readonly project: Loader<string, ProjectRow | undefined>;
  /** The text of a project; undefined where the project does not exist. */
  readonly content: Loader<string, string | undefined>;
  /** The five stages of a batch, measured. */
  readonly stages: Loader<string, StageMeasure[]>;
}

/** Makes the loaders of one operation, for which the batches of this owner exist (undefined: everybody's). */
export function makeLoaders(database: Access, owner: string | undefined): Loaders {
  // A subscription lives on while rows change, and so does an operation of several mutations:
  // what was read once must not be given again.
  const options = { cache: false };
  const { batch, project, batches, projects } = sharedLoaders(database);
  return {
    batch: { load: (id) => batch.load({ id, owner }) },
    project: { load: (id) => project.load({ id, owner }) },
    batches,
    projects,
    content: new DataLoader((ids) => findContents(database, ids, owner), options),
    // A few at a time, so that others get their turn on the embedded database's only session.
    stages: new DataLoader((ids) => measureStages(database, ids), { ...options, maxBatchSize: 10 }),
  };
}
