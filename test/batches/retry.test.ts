import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelBatch } from '../../src/batches/cancel.ts';
import { EVERYBODYS } from '../../src/batches/owner.ts';
import { pauseBatch } from '../../src/batches/pause.ts';
import { retryBatch } from '../../src/batches/retry.ts';
import { failRun, releaseRun, startStage } from '../../src/batches/run.ts';
import { InvalidState, ProjectNotFound } from '../../src/errors.ts';
import { type Domain, openDomain } from './domain.ts';

let domain: Domain;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const retry = (id: string, projectIds?: string[]) =>
  retryBatch(domain.database, domain.queue, id, EVERYBODYS, projectIds);
const cancel = (id: string) => cancelBatch(domain.database, domain.queue, id, EVERYBODYS);

/** A batch whose projects have all failed in their third stage, having finished two. */
async function createFailed(projects: number, failureLimit?: number): Promise<{ id: string; ids: string[] }> {
  const { id } = await domain.create(projects, { failureLimit });
  const ids = await domain.ids(id);
  const worker = await domain.worker();
  for (const run of await Promise.all(ids.map((projectId) => worker.hold(projectId)))) {
    await worker.goThrough(run, 2);
    await startStage(domain.database, run, 'render');
    await failRun(domain.database, run, 'render', 'broken');
  }
  return { id, ids };
}

test('a failed project goes on after the last stage that it finished, as its next attempt', async () => {
  const { id, ids } = await createFailed(1);
  expect(await domain.batch(id)).toMatchObject({ status: 'COMPLETED', failedProjects: 1, progressSum: 75 });
  const { batch, retriedProjects } = await retry(id);
  expect(retriedProjects).toBe(1);
  expect(batch).toMatchObject({
    status: 'QUEUED',
    waitingProjects: 1,
    failedProjects: 0,
    progressSum: 0,
    finishedAt: null,
  });
  expect(await domain.projects(id)).toMatchObject([
    { status: 'INITIALIZED', attempt: 2, stagesDone: 2, stageTries: 0, errorMessage: null, finishedAt: null },
  ]);
  expect(await domain.jobs(id)).toEqual(ids);
  const worker = await domain.worker();
  const claimed = await worker.claim(ids[0] ?? '');
  expect(claimed).toMatchObject({ attempt: 2, stagesDone: 2, status: 'RENDERING' });
});

test('a cancelled batch is open again, with those projects that are retried', async () => {
  const { id } = await domain.create(3);
  const [first = '', second = '', third = ''] = await domain.ids(id);
  await cancel(id);
  const { batch, retriedProjects } = await retry(id, [second, second]);
  expect(retriedProjects).toBe(1);
  expect(batch).toMatchObject({
    status: 'RUNNING',
    cancelledAt: null,
    waitingProjects: 1,
    cancelledProjects: 2,
    finishedAt: null,
  });
  expect(await domain.jobs(id)).toEqual([second]);
  const worker = await domain.worker();
  expect(await worker.claim(first)).toBeUndefined();
  expect(await worker.claim(third)).toBeUndefined();
  await worker.goThrough(await worker.hold(second), 5);
  expect(await domain.batch(id)).toMatchObject({ status: 'COMPLETED', completedProjects: 1, cancelledProjects: 2 });
});

test('what still runs when a cancelled batch is retried goes on', async () => {
  const { id } = await domain.create(2);
  const [first = '', second = ''] = await domain.ids(id);
  const worker = await domain.worker();
  const run = await worker.hold(first);
  await cancel(id);
  expect(await retry(id)).toMatchObject({ retriedProjects: 1, batch: { status: 'RUNNING', runningProjects: 1 } });
  // The stage was told to stop, and lets go after the retry.
  await releaseRun(domain.database, domain.queue, run);
  expect(await domain.projects(id)).toMatchObject([{ status: 'SCRIPT_GENERATING' }, { status: 'INITIALIZED' }]);
  expect(await domain.jobs(id)).toEqual([first, second]);
});

describe('nothing is changed', () => {
  test('by an id that is not in the batch', async () => {
    const { id, ids } = await createFailed(1);
    const stranger = await createFailed(1);
    const before = [await domain.batch(id), await domain.projects(id)];
    const error = await retry(id, [...ids, ...stranger.ids]).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ProjectNotFound);
    expect(error).toMatchObject({ projectId: stranger.ids[0] });
    expect([await domain.batch(id), await domain.projects(id)]).toEqual(before);
  });

  test('by an id of a project that can’t be retried', async () => {
    const { id } = await domain.create(2);
    const [first = '', second = ''] = await domain.ids(id);
    const worker = await domain.worker();
    await failRun(domain.database, await worker.hold(first), 'script', 'broken');
    const before = [await domain.batch(id), await domain.projects(id)];
    await expect(retry(id, [first, second])).rejects.toThrow(InvalidState);
    expect([await domain.batch(id), await domain.projects(id)]).toEqual(before);
  });

  test('where nothing has failed, and by an empty list', async () => {
    const { id } = await domain.create(1);
    const before = await domain.batch(id);
    expect(await retry(id)).toEqual({ batch: before, retriedProjects: 0 });
    const failed = await createFailed(1);
    const ended = await domain.batch(failed.id);
    expect(await retry(failed.id, [])).toEqual({ batch: ended, retriedProjects: 0 });
  });
});

test('of two retries at once only one takes the projects, and each later one is an event of its own', async () => {
  const { id, ids } = await createFailed(2);
  const results = await Promise.all([retry(id), retry(id), retry(id)]);
  expect(results.map(({ retriedProjects }) => retriedProjects).toSorted()).toEqual([0, 0, 2]);

  const worker = await domain.worker();
  const [first = '', second = ''] = ids;
  for (const projectId of [first, second]) {
    await failRun(domain.database, await worker.hold(projectId), 'render', 'broken');
  }
  // The clock of the marks has milliseconds; a retry is known by its mark being another.
  await domain.db.sql(`UPDATE batches SET retried_at = now() + interval '1 hour' WHERE id = $1`, [id]);
  const before = await domain.events(id);
  await retry(id, [first]);
  await retry(id, [second]);
  const retried = (await domain.events(id)).slice(before.length).filter(({ kind }) => kind === 'RETRIED');
  expect(retried).toHaveLength(2);
  expect(await domain.projects(id)).toMatchObject([{ attempt: 3 }, { attempt: 3 }]);
});

test('a batch that its failures had ended is open again', async () => {
  const { id } = await domain.create(3, { failureLimit: 0 });
  const [first = '', ...rest] = await domain.ids(id);
  const worker = await domain.worker();
  await failRun(domain.database, await worker.hold(first), 'script', 'broken');
  expect(await domain.batch(id)).toMatchObject({ status: 'FAILED', waitingProjects: 2, finishedAt: expect.any(Date) });
  expect(await retry(id)).toMatchObject({ batch: { status: 'QUEUED', waitingProjects: 3, finishedAt: null } });
  expect(await domain.jobs(id)).toEqual([first, ...rest]);
});

test('a retry opens a batch that had ended while it was paused, and its history says that it was resumed', async () => {
  const { id } = await domain.create(2);
  await pauseBatch(domain.database, domain.queue, id, EVERYBODYS);
  await cancel(id);
  expect(await domain.batch(id)).toMatchObject({ status: 'CANCELLED', finishedAt: expect.any(Date) });
  const before = await domain.events(id);
  expect(await retry(id)).toMatchObject({ batch: { status: 'QUEUED', pausedAt: null } });
  const kinds = (await domain.events(id)).slice(before.length).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind !== 'PROJECT_STATUS_CHANGED')).toEqual(['RESUMED', 'RETRIED']);
});

test('a retry that leaves too many failures keeps the batch failed, and its projects wait', async () => {
  const { id, ids } = await createFailed(2, 0);
  const [first = ''] = ids;
  expect(await retry(id, [first])).toMatchObject({
    retriedProjects: 1,
    batch: { status: 'FAILED', waitingProjects: 1 },
  });
  expect(await domain.jobs(id)).toEqual([]);
  const worker = await domain.worker();
  expect(await worker.claim(first)).toBeUndefined();
});

test('a retry of a cancelled batch with failures is no new crossing of the failure limit', async () => {
  const { id } = await domain.create(3, { failureLimit: 0 });
  const [first = '', second = ''] = await domain.ids(id);
  const worker = await domain.worker();
  const [one, two] = [await worker.hold(first), await worker.hold(second)];
  await failRun(domain.database, one, 'script', 'broken');
  await cancel(id);
  await releaseRun(domain.database, domain.queue, two);
  const before = await domain.events(id);
  expect(before.filter(({ kind }) => kind === 'FAILURE_LIMIT_EXCEEDED')).toHaveLength(1);
  await retry(id);
  const kinds = new Set((await domain.events(id)).slice(before.length).map(({ kind }) => kind));
  expect(kinds).toEqual(new Set(['RETRIED', 'PROJECT_STATUS_CHANGED']));
});
