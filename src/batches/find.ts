import type { Batch } from '../database/models.ts';
import { inBatchOf, ownedBy } from './owner.ts';
import { type Reads, readRows, withIds } from './read-rows.ts';
import { batchOf, type JsonRow, type ProjectRow, projectOf, selectBatch, selectProject } from './rows.ts';

const BATCH = selectBatch('batches');
const PROJECT = selectProject('projects');
const CONTENT = 'projects.id AS "id", projects.content AS "content"';

/**
 * The batches with these ids, in their order; undefined in the place of one that does not exist, or
 * not for this owner (undefined: for anybody).
 */
export async function findBatches(
  reads: Reads,
  ids: readonly string[],
  owner: string | undefined,
): Promise<(Batch | undefined)[]> {
  const where = [withIds(ids), ownedBy(owner)];
  const found = await readRows<JsonRow<Batch>>(reads, {
    name: 'find_batches',
    table: 'batches',
    columns: BATCH,
    where,
  });
  return inOrder(ids, found.map(batchOf));
}

/** The projects with these ids, in their order; undefined in the place of one that does not exist, or not for this owner. */
export async function findProjects(
  reads: Reads,
  ids: readonly string[],
  owner: string | undefined,
): Promise<(ProjectRow | undefined)[]> {
  const where = [withIds(ids), inBatchOf(owner)];
  const found = await readRows<JsonRow<ProjectRow>>(reads, {
    name: 'find_projects',
    table: 'projects',
    columns: PROJECT,
    where,
  });
  return inOrder(ids, found.map(projectOf));
}

/** The texts of the projects with these ids, in their order; undefined as for the projects. */
export async function findContents(
  reads: Reads,
  ids: readonly string[],
  owner: string | undefined,
): Promise<(string | undefined)[]> {
  const where = [withIds(ids), inBatchOf(owner)];
  const found = await readRows<{ id: string; content: string }>(reads, {
    name: 'find_contents',
    table: 'projects',
    columns: CONTENT,
    where,
  });
  return inOrder(ids, found).map((row) => row?.content);
}

function inOrder<Row extends { id: string }>(ids: readonly string[], rows: readonly Row[]): (Row | undefined)[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id));
}
