import { expect, test } from 'vitest';
import { createBatch } from '../../src/batches/create.ts';
import { createTestDatabase } from '../helpers/database.ts';
import { batchInput, openTestQueue, scriptedStudio, startTestEngine, testLimits } from '../helpers/engine.ts';
import { batchWhere } from '../helpers/wait.ts';

test('a project goes through its five stages in order and is then completed', async () => {
  await using db = await createTestDatabase();
  await using queue = await openTestQueue(db.database);
  const studio = scriptedStudio(async (stage) =>
    stage === 'upload' ? { videoUrl: '/v.mp4', thumbnailUrl: '/t.jpg', captionsUrl: '/c.vtt' } : {},
  );
  await using _engine = await startTestEngine(db.database, queue, studio);
  const { batch } = await createBatch(db.database, queue, testLimits, batchInput(2));

  const ended = await batchWhere(db.database, batch.id, ({ finishedAt }) => finishedAt !== null);

  expect(ended).toMatchObject({ status: 'COMPLETED', completedProjects: 2, progressSum: 200 });
  const rows = await db.sql('SELECT * FROM projects ORDER BY position');
  expect(rows).toMatchObject([
    { status: 'COMPLETED', video_url: '/v.mp4', thumbnail_url: '/t.jpg', captions_url: '/c.vtt', worker_id: null },
    { status: 'COMPLETED', video_url: '/v.mp4', thumbnail_url: '/t.jpg', captions_url: '/c.vtt', worker_id: null },
  ]);
  const stages = studio.runs.filter(({ name }) => name === 'Project 1').map(({ stage }) => stage);
  expect(stages).toEqual(['script', 'assets', 'render', 'thumbnail', 'upload']);
  expect(await db.sql('SELECT count(*)::int AS jobs FROM pgboss.job')).toEqual([{ jobs: 0 }]);
});
