import { expect, test } from 'vitest';
import { createTestDatabase, testBackend } from '../helpers/database.ts';
import { createTestFolder, runProcess } from '../helpers/process.ts';
import { scrape } from './exposition.ts';

test('the service serves its figures beside the API, and says where', async () => {
  await using folder = await createTestFolder();
  await using service = runProcess('main', { DATA_DIR: folder.path, PORT: '0' });
  const [, url = ''] = await service.said(/Metrics {4}(http:\S+)\n/);
  const figures = await scrape(url);
  expect(figures.value('showrunner_database_up')).toBe(1);
  expect(figures.value('showrunner_workers')).toBe(1);
  expect(figures.value('showrunner_stage_retries_total{stage="upload"}')).toBe(0);
});

test('with a port of their own the figures are there, and no longer beside the API', async () => {
  await using folder = await createTestFolder();
  await using service = runProcess('main', { DATA_DIR: folder.path, PORT: '0', METRICS_PORT: '0' });
  const [, api = ''] = await service.said(/Dashboard {2}(http:\S+)\/\n/);
  const [, url = ''] = await service.said(/Metrics {4}(http:\S+)\n/);
  expect(new URL(url).origin).not.toBe(api);
  expect((await scrape(url)).value('showrunner_subscribers')).toBe(0);
  expect((await fetch(`${api}/metrics`)).status).toBe(404);
});

test.runIf(testBackend === 'postgres')('a worker serves figures on a port of their own, pools among them', async () => {
  await using db = await createTestDatabase();
  await using folder = await createTestFolder();
  const env = { DATA_DIR: folder.path, DATABASE_URL: String(db.url), ROLE: 'worker', METRICS_PORT: '0' };
  await using worker = runProcess('main', env);
  const [, url = ''] = await worker.said(/Metrics {4}(http:\S+)\n/);
  const figures = await scrape(url);
  expect(figures.value('showrunner_workers')).toBe(1);
  expect(figures.value('showrunner_database_connections_max{pool="operations"}')).toBe(10);
  const connections = ['idle', 'busy'].map((state) =>
    figures.value(`showrunner_database_connections{pool="main",state="${state}"}`),
  );
  expect((connections[0] ?? 0) + (connections[1] ?? 0)).toBeGreaterThanOrEqual(1);
  expect(figures.value('showrunner_subscribers')).toBeUndefined();
});
