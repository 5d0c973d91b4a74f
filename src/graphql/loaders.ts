import DataLoader from 'dataloader';
import type { Access } from '../batches/access.ts';
import { findBatches, findContents, findProjects } from '../batches/find.ts';
import { measureStages, type StageMeasure } from '../batches/measure.ts';
import type { ProjectRow } from '../batches/rows.ts';
import type { Batch } from '../generated/prisma/client.ts';

/** Reads by UUID what exists for the caller; whatever is asked for at the same moment is one statement. */
export interface Loaders {
  /** A batch; undefined where there is none. */
  readonly batch: DataLoader<string, Batch | undefined>;
  /** A project without its text; undefined where there is none. */
  readonly project: DataLoader<string, ProjectRow | undefined>;
  /** The text of a project; undefined where the project does not exist. */
  readonly content: DataLoader<string, string | undefined>;
  /** The five stages of a batch, measured. */
  readonly stages: DataLoader<string, StageMeasure[]>;
}

/** Makes the loaders of one operation, for which the batches of this owner exist (undefined: everybody's). */
export function makeLoaders(database: Access, owner: string | undefined): Loaders {
  // A subscription lives on while rows change, and so does an operation of several mutations:
  // what was read once must not be given again.
  const options = { cache: false };
  return {
    batch: new DataLoader((ids) => findBatches(database, ids, owner), options),
    project: new DataLoader((ids) => findProjects(database, ids, owner), options),
    content: new DataLoader((ids) => findContents(database, ids, owner), options),
    // A few at a time, so that others get their turn on the embedded database's only session.
    stages: new DataLoader((ids) => measureStages(database, ids), { ...options, maxBatchSize: 10 }),
  };
}
