import { expect, test } from 'vitest';
import { createCluster } from '../helpers/cluster.ts';
import { createTestFolder } from '../helpers/process.ts';
import { readiness, startRole, urlOf } from './service.ts';

test('an API process is unready while its server is stopped, and ready by itself once that is back', async () => {
  await using cluster = await createCluster();
  await using folder = await createTestFolder();
  const databaseUrl = await cluster.createDatabase();
  await using api = startRole('api', { dataDir: folder.path, databaseUrl });
  const url = await urlOf(api);
  expect(await readiness(url)).toBe(200);
  await cluster.stop('fast');
  await expect.poll(() => readiness(url)).toBe(503);
  await cluster.start();
  await expect.poll(() => readiness(url)).toBe(200);
});
