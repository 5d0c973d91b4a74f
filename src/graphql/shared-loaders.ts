import DataLoader from 'dataloader';
import type { Access } from '../batches/access.ts';
import { findBatches, findProjects } from '../batches/find.ts';
import { type BatchRange, readBatches } from '../batches/list-batches.ts';
import { type ProjectRange, readProjects } from '../batches/list-projects.ts';
import type { ProjectRow } from '../batches/rows.ts';
import type { Batch } from '../generated/prisma/client.ts';
import { inGroups } from './in-groups.ts';

/** A row by its UUID, as far as it exists for an owner (undefined: for anybody). */
interface Owned {
  readonly id: string;
  readonly owner: string | undefined;
}

/** What all operations read by. */
export interface SharedLoaders {
  readonly batch: DataLoader<Owned, Batch | undefined>;
  readonly project: DataLoader<Owned, ProjectRow | undefined>;
  readonly batches: DataLoader<BatchRange, Batch[]>;
  readonly projects: DataLoader<ProjectRange, ProjectRow[]>;
}

/** So much is asked of one statement at most, so that nothing holds the rest up for long. */
const MAX_ROWS = 100;
const MAX_PAGES = 10;

const made = new WeakMap<Access, SharedLoaders>();

/**
 * The loaders of a database. What all operations that have arrived ask for at the same moment is one
 * statement where it can be: under load there are far fewer of these than operations. It is run when
 * all of them were looked at, so that nobody is told of a time before they asked. What one may not
 * see is no part of a statement for others.
 */
export function sharedLoaders(database: Access): SharedLoaders {
  const known = made.get(database);
  if (known !== undefined) {
    return known;
  }
  const options = { cache: false, batchScheduleFn: (dispatch: () => void) => void setImmediate(dispatch) };
  const ofRows = { ...options, maxBatchSize: MAX_ROWS };
  const ofPages = { ...options, maxBatchSize: MAX_PAGES };
  const ownerOf = ({ owner }: Owned) => owner;
  const loaders: SharedLoaders = {
    batch: new DataLoader(
      (rows) => inGroups(rows, ownerOf, ({ owner }, own) => findBatches(database, own.map(idOf), owner), undefined),
      ofRows,
    ),
    project: new DataLoader(
      (rows) => inGroups(rows, ownerOf, ({ owner }, own) => findProjects(database, own.map(idOf), owner), undefined),
      ofRows,
    ),
    batches: new DataLoader(
      (ranges) =>
        inGroups(
          ranges,
          (range) => JSON.stringify(range),
          async (one, same) => {
            const page = await readBatches(database, one);
            return same.map(() => page);
          },
          [],
        ),
      ofPages,
    ),
    projects: new DataLoader(
      (ranges) => inGroups(ranges, shapeOf, (one, alike) => readProjects(database, alike.map(batchIdOf), one), []),
      ofPages,
    ),
  };
  made.set(database, loaders);
  return loaders;
}

function idOf({ id }: Owned): string {
  return id;
}

function batchIdOf({ batchId }: ProjectRange): string {
  return batchId;
}

/** The same for parts of lists that are the same but for the batch. */
function shapeOf(range: ProjectRange): string {
  return JSON.stringify({ ...range, batchId: undefined });
}
