import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelBatch } from '../../src/batches/cancel.ts';
import { EVERYBODYS } from '../../src/batches/owner.ts';
import { pauseBatch } from '../../src/batches/pause.ts';
import { failRun, finishStage, postponeRun, releaseRun, reportFraction, startStage } from '../../src/batches/run.ts';
import { InvalidState } from '../../src/errors.ts';
import { type Domain, openDomain } from './domain.ts';

let domain: Domain;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const cancel = (id: string) => cancelBatch(domain.database, domain.queue, id, EVERYBODYS);

test('waiting projects are cancelled in the same transaction, and their jobs are gone', async () => {
  const { id } = await domain.create(3);
  expect(await cancel(id)).toMatchObject({
    status: 'CANCELLED',
    waitingProjects: 0,
    cancelledProjects: 3,
    startedAt: null,
    finishedAt: expect.any(Date),
  });
  expect(await domain.jobs(id)).toEqual([]);
  const events = await domain.events(id);
  expect(events.map(({ kind, version }) => [kind, version])).toEqual([
    ['CREATED', 1],
    ['CANCELLED', 3],
    ['PROJECT_STATUS_CHANGED', 4],
    ['PROJECT_STATUS_CHANGED', 4],
    ['PROJECT_STATUS_CHANGED', 4],
    ['FINISHED', 4],
  ]);
});

test('a running project stays in its worker’s hands and is cancelled once the worker lets go', async () => {
  const { id } = await domain.create(2);
  const [first = ''] = await domain.ids(id);
  const worker = await domain.worker();
  const run = await worker.hold(first);
  await reportFraction(domain.database, run, 0.5);
  expect(await cancel(id)).toMatchObject({
    status: 'CANCELLED',
    runningProjects: 1,
    cancelledProjects: 1,
    finishedAt: null,
  });
  await releaseRun(domain.database, domain.queue, run);
  expect(await domain.projects(id)).toMatchObject([
    { status: 'CANCELLED', progress: 15, workerId: null },
    { status: 'CANCELLED', progress: 0 },
  ]);
  expect(await domain.batch(id)).toMatchObject({ runningProjects: 0, finishedAt: expect.any(Date) });
  expect(await domain.jobs(id)).toEqual([]);
});

test('a stage that throws after the cancel does not come back', async () => {
  const { id } = await domain.create(1);
  const [first = ''] = await domain.ids(id);
  const worker = await domain.worker();
  const run = await worker.hold(first);
  await cancel(id);
  await postponeRun(domain.database, domain.queue, run, 60_000);
  expect(await domain.projects(id)).toMatchObject([{ status: 'CANCELLED', dueAt: null }]);
  expect(await domain.jobs(id)).toEqual([]);
});

test('a running project whose next stage would begin is cancelled instead, and keeps what it has finished', async () => {
  const { id } = await domain.create(1);
  const [first = ''] = await domain.ids(id);
  const worker = await domain.worker();
  const run = await worker.hold(first);
  await cancel(id);
  expect(await finishStage(domain.database, run, 'script', {})).toBe('SCRIPT_GENERATED');
  expect(await startStage(domain.database, run, 'assets')).toBe('CANCELLED');
  expect(await domain.projects(id)).toMatchObject([{ status: 'CANCELLED', stagesDone: 1, progress: 20 }]);
});

test('a project past its last step is completed, though its batch is cancelled', async () => {
  const { id } = await domain.create(2);
  const [first = ''] = await domain.ids(id);
  const worker = await domain.worker();
  const run = await worker.hold(first);
  await worker.goThrough(run, 4);
  await startStage(domain.database, run, 'upload');
  await cancel(id);
  await finishStage(domain.database, run, 'upload', { videoUrl: '/v.mp4' });
  expect(await domain.projects(id)).toMatchObject([
    { status: 'COMPLETED', videoUrl: '/v.mp4' },
    { status: 'CANCELLED' },
  ]);
  expect(await domain.batch(id)).toMatchObject({
    status: 'CANCELLED',
    completedProjects: 1,
    finishedAt: expect.any(Date),
  });
});

test('a project that waits for its backoff is cancelled at once', async () => {
  const { id } = await domain.create(1);
  const [first = ''] = await domain.ids(id);
  const worker = await domain.worker();
  await postponeRun(domain.database, domain.queue, await worker.hold(first), 60_000);
  expect(await domain.jobs(id)).toEqual([first]);
  expect(await cancel(id)).toMatchObject({ status: 'CANCELLED', runningProjects: 0, finishedAt: expect.any(Date) });
  expect(await domain.jobs(id)).toEqual([]);
});

test('a project whose worker has died is cancelled when another takes it up', async () => {
  const { id } = await domain.create(1);
  const [first = ''] = await domain.ids(id);
  const [dead, alive] = [await domain.worker(), await domain.worker()];
  await dead.hold(first);
  await cancel(id);
  expect(await alive.claim(first)).toBeUndefined();
  expect(await domain.batch(id)).toMatchObject({ runningProjects: 1 });
  await domain.db.sql(`UPDATE workers SET seen_at = now() - interval '1 minute' WHERE id = $1`, [dead.id]);
  expect(await alive.claim(first)).toBeUndefined();
  expect(await domain.batch(id)).toMatchObject({ cancelledProjects: 1, finishedAt: expect.any(Date) });
});

test('cancelling twice changes nothing the second time', async () => {
  const { id } = await domain.create(1);
  const once = await cancel(id);
  expect(await cancel(id)).toEqual(once);
});

test('a paused batch can be cancelled', async () => {
  const { id } = await domain.create(2);
  await pauseBatch(domain.database, domain.queue, id, EVERYBODYS);
  expect(await cancel(id)).toMatchObject({ status: 'CANCELLED', cancelledProjects: 2 });
});

test('a batch that has ended otherwise cannot be cancelled; one that has failed and still drains can', async () => {
  const { id } = await domain.create(3, { failureLimit: 0 });
  const [first = '', second = ''] = await domain.ids(id);
  const worker = await domain.worker();
  const [one, two] = [await worker.hold(first), await worker.hold(second)];
  await failRun(domain.database, one, 'script', 'broken');
  expect(await domain.batch(id)).toMatchObject({ status: 'FAILED', finishedAt: null });
  expect(await cancel(id)).toMatchObject({ status: 'CANCELLED', cancelledProjects: 1 });
  await worker.goThrough(two, 5);

  const ended = await domain.create(1);
  const [only = ''] = await domain.ids(ended.id);
  await worker.goThrough(await worker.hold(only), 5);
  await expect(cancel(ended.id)).rejects.toThrow(InvalidState);
  expect(await domain.batch(ended.id)).toMatchObject({ status: 'COMPLETED', cancelledAt: null });
});
