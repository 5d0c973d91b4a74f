import { expect, test } from 'vitest';
import { measureStages } from '../../src/batches/measure.ts';
import { insertBatch, setStatus } from '../feed/helpers.ts';
import { createTestDatabase } from '../helpers/database.ts';

test('what was measured stays known after thousands of projects were cancelled and retried at once', async () => {
  await using testDatabase = await createTestDatabase();
  const { batchId, projectIds } = await insertBatch(testDatabase, 1_500);
  for (const status of ['SCRIPT_GENERATING', 'SCRIPT_GENERATED', 'ASSETS_GENERATING', 'ASSETS_GENERATED']) {
    await setStatus(testDatabase, projectIds[0], status);
  }
  for (const [from, to] of [
    ['INITIALIZED', 'CANCELLED'],
    ['CANCELLED', 'INITIALIZED'],
  ]) {
    await testDatabase.sql(
      `UPDATE projects SET status = $3::project_status WHERE batch_id = $1 AND status = $2::project_status`,
      [batchId, from, to],
    );
  }
  const [stages] = await measureStages(testDatabase.database, [batchId]);
  expect(stages?.map(({ measuredProjects }) => measuredProjects)).toEqual([1, 1, 0, 0, 0]);
});
