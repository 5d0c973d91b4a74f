import { describe, expect, test } from 'vitest';
import {
  addBatch,
  addProject,
  addProjects,
  batch,
  batchRow,
  counters,
  db,
  events,
  insert,
  project,
  STAGES,
  set,
  stateOf,
  usePlainSql,
  version,
} from './plain-sql.ts';

usePlainSql();

describe('a new batch', () => {
  test('is QUEUED at version 1, has begun nothing, and says that it was created', async () => {
    expect(await batchRow()).toMatchObject({ status: 'QUEUED', version: 1, started_at: null, finished_at: null });
    expect(await counters()).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(await events(0)).toEqual(['1.0 CREATED']);
  });

  test('counts the projects that come in one statement as one version', async () => {
    await addProjects(3);
    expect(await batchRow()).toMatchObject({ status: 'QUEUED', version: 2, started_at: null });
    expect(await counters()).toEqual([3, 3, 0, 0, 0, 0, 0]);
    expect(await events()).toEqual([]);
  });

  test('counts projects of every status, with their progress', async () => {
    await insert(
      'projects',
      [
        ['INITIALIZED', 0],
        ['RENDERING', 0],
        ['COMPLETED', 0],
        ['FAILED', 45],
        ['CANCELLED', 20],
      ].map(([status, progress], position) => ({
        id: crypto.randomUUID(),
        batch_id: batch,
        position,
        name: 'p',
        content: 'c',
        gemini_model: 'm',
        status,
        progress,
      })),
    );
    expect(await counters()).toEqual([5, 1, 1, 1, 1, 1, 0 + 75 + 100 + 45 + 20]);
    expect(await batchRow()).toMatchObject({ status: 'RUNNING', started_at: expect.any(Date), finished_at: null });
  });

  test('counts the projects of several batches in one statement', async () => {
    const other = await addBatch();
    await insert(
      'projects',
      [batch, other, other].map((batch_id, position) => ({
        id: crypto.randomUUID(),
        batch_id,
        position,
        name: 'p',
        content: 'c',
        gemini_model: 'm',
      })),
    );
    expect([await counters(), await counters(other)]).toEqual([
      [1, 1, 0, 0, 0, 0, 0],
      [2, 2, 0, 0, 0, 0, 0],
    ]);
  });
});

describe('a project', () => {
  test('goes through every status: progress, stages, counters, status, version and event follow', async () => {
    const id = await addProject();
    let [before, was] = [await version(), 'INITIALIZED'];
    for (const [status, progress, stagesDone] of STAGES) {
      await set(id, `status = '${status}'`);
      const isDone = status === 'COMPLETED';
      expect(await project(id)).toMatchObject({
        status,
        progress,
        stages_done: stagesDone,
        started_at: expect.any(Date),
        finished_at: isDone ? expect.any(Date) : null,
      });
      expect(await counters()).toEqual([1, 0, isDone ? 0 : 1, isDone ? 1 : 0, 0, 0, progress]);
      expect(await batchRow()).toMatchObject({
        version: before + 1,
        status: isDone ? 'COMPLETED' : 'RUNNING',
        started_at: expect.any(Date),
        finished_at: isDone ? expect.any(Date) : null,
      });
      expect(await events(before)).toEqual([
        `${before + 1}.1 ${was}>${status}`,
        ...(isDone ? [`${before + 1}.last FINISHED`] : []),
      ]);
      [before, was] = [before + 1, status];
    }
  });

  test('shows 45 a quarter through ASSETS_GENERATING, and keeps it when it fails', async () => {
    const id = await addProject({ status: 'ASSETS_GENERATING' });
    await set(id, 'fraction = 0.25');
    expect(await project(id)).toMatchObject({ progress: 45 });
    await set(id, `status = 'FAILED', error_message = 'assets: no'`);
    expect(await project(id)).toMatchObject({
      status: 'FAILED',
      progress: 45,
      fraction: 0,
      stages_done: 0,
      finished_at: expect.any(Date),
    });
    expect(await counters()).toEqual([1, 0, 0, 0, 1, 0, 45]);
  });

  test('that is inserted as FAILED or CANCELLED keeps the progress that it is given', async () => {
    expect(await project(await addProject({ status: 'FAILED', progress: 45 }))).toMatchObject({ progress: 45 });
    expect((await counters()).at(-1)).toBe(45);
  });

  test('that is inserted at work gets the progress of its status, whatever it is given', async () => {
    expect(await project(await addProject({ status: 'RENDERING', progress: 3 }))).toMatchObject({ progress: 75 });
  });

  test.each([
    ['SCRIPT_GENERATING', 10, 20],
    ['ASSETS_GENERATING', 40, 60],
    ['RENDERING', 75, 85],
    ['THUMBNAIL_GENERATING', 90, 95],
    ['UPLOADING', 98, 100],
  ])('moves in %s from %d towards %d', async (status, from, to) => {
    const id = await addProject({ status });
    expect(await project(id)).toMatchObject({ progress: from });
    await set(id, 'fraction = 0.5');
    expect(await project(id)).toMatchObject({ progress: Math.floor((from + to) / 2) });
    await set(id, 'fraction = 1');
    expect(await project(id)).toMatchObject({ progress: to });
  });

  test('never goes back while it runs, whatever is written', async () => {
    const id = await addProject({ status: 'ASSETS_GENERATING' });
    await set(id, 'fraction = 0.75');
    for (const back of [
      'fraction = 0.1',
      `status = 'SCRIPT_GENERATING'`,
      'progress = 1',
      'progress = 1, fraction = 0.2',
    ]) {
      await set(id, back);
      expect(await project(id), back).toMatchObject({ progress: 55 });
    }
    expect((await counters()).at(-1)).toBe(55);
    await set(id, `status = 'RENDERING'`);
    expect(await project(id)).toMatchObject({ progress: 75 });
  });

  test('begins a status at fraction 0, but for a writer that says another', async () => {
    const id = await addProject({ status: 'SCRIPT_GENERATING' });
    await set(id, 'fraction = 0.5');
    await set(id, `status = 'ASSETS_GENERATING'`);
    expect(await project(id)).toMatchObject({ fraction: 0, progress: 40 });
    await set(id, `status = 'RENDERING', fraction = 0.5`);
    expect(await project(id)).toMatchObject({ fraction: 0.5, progress: 80 });
  });

  test('that is put back to INITIALIZED begins again from 0 and keeps what stages it had done', async () => {
    const id = await addProject({ status: 'RENDERED' });
    await set(id, `status = 'FAILED'`);
    await set(id, `status = 'INITIALIZED', attempt = attempt + 1`);
    expect(await project(id)).toMatchObject({ progress: 0, stages_done: 3, finished_at: null });
    expect(await batchRow()).toMatchObject({ status: 'QUEUED', finished_at: null });
    expect(await counters()).toEqual([1, 1, 0, 0, 0, 0, 0]);
  });

  test('that does not run has no worker', async () => {
    const worker = crypto.randomUUID();
    await insert('workers', [{ id: worker }]);
    const id = await addProject({ status: 'RENDERING', worker_id: worker });
    expect(await project(id)).toMatchObject({ worker_id: worker });
    await set(id, `status = 'COMPLETED'`);
    expect(await project(id)).toMatchObject({ worker_id: null, due_at: null });
  });

  test('loses a worker that is deleted, and makes no version of that', async () => {
    const worker = crypto.randomUUID();
    await insert('workers', [{ id: worker }]);
    const id = await addProject({ status: 'RENDERING', worker_id: worker });
    const before = await version();
    await db.sql('DELETE FROM workers WHERE id = $1', [worker]);
    expect(await project(id)).toMatchObject({ worker_id: null, status: 'RENDERING' });
    expect(await version()).toBe(before);
  });

  test('has a version of its own, one more with each change that a client can see', async () => {
    const id = await addProject({ version: 40 });
    const versions: unknown[] = [(await project(id))['version']];
    for (const change of [
      `status = 'RENDERING'`,
      'fraction = 0.2',
      'claim = claim + 1',
      'fraction = 0.21',
      `version = 99, stage_tries = 1`,
      `name = 'other', attempt = 2`,
      `status = 'COMPLETED', video_url = '/v', captions_url = '/c'`,
    ]) {
      await set(id, change);
      versions.push((await project(id))['version']);
    }
    expect(versions).toEqual([1, 2, 3, 3, 3, 3, 4, 5]);
  });

  test("can't be moved to another batch, nor change its id", async () => {
    const id = await addProject();
    const other = await addBatch();
    expect(await stateOf(set(id, `batch_id = '${other}'`))).toBe('23000');
    expect(await stateOf(set(id, `id = '${crypto.randomUUID()}'`))).toBe('23000');
    expect([await counters(), await counters(other)]).toEqual([
      [1, 1, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0],
    ]);
  });
});
