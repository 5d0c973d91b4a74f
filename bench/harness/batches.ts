import { v7 as uuidv7 } from 'uuid';
import { RUNNING } from '../../src/batches/states.ts';
import type { Driver } from './driver.ts';

/** A batch that was written by plain SQL, and that nobody works on. */
export interface PlainBatch {
  id: string;
  projectIds: string[];
}

/** Writes a batch of so many projects. The triggers count them, as whatever else writes. */
export async function insertBatch(driver: Driver, projects: number): Promise<PlainBatch> {
  const id = uuidv7();
  const projectIds = Array.from({ length: projects }, () => uuidv7());
  await driver.query(`INSERT INTO batches (id, name, gemini_model) VALUES ($1, 'Bench', 'gemini-1.5-flash')`, [id]);
  await driver.query(
    `INSERT INTO projects (id, batch_id, position, name, content, gemini_model)
     SELECT p.id, $1::uuid, p.n - 1, 'Project ' || p.n, repeat('A sentence. ', 50), 'gemini-1.5-flash'
     FROM unnest($2::uuid[]) WITH ORDINALITY AS p (id, n)`,
    [id, projectIds],
  );
  return { id, projectIds };
}

/** How one project's status is changed by plain SQL. */
export const SET_STATUS = 'UPDATE projects SET status = $2::project_status WHERE id = $1';

/** The statuses that a running project goes through, over and over. */
export function statusAt(change: number): string {
  return RUNNING[change % RUNNING.length] ?? 'RENDERING';
}
