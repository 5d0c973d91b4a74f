import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelBatch } from '../../src/batches/cancel.ts';
import { EVERYBODYS } from '../../src/batches/owner.ts';
import { pauseBatch } from '../../src/batches/pause.ts';
import { resumeBatch } from '../../src/batches/resume.ts';
import { retryBatch } from '../../src/batches/retry.ts';
import { failRun, postponeRun } from '../../src/batches/run.ts';
import { BatchNotFound, InvalidState } from '../../src/errors.ts';
import { type Domain, openDomain } from './domain.ts';

let domain: Domain;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const pause = (id: string) => pauseBatch(domain.database, domain.queue, id, EVERYBODYS);
const resume = (id: string) => resumeBatch(domain.database, domain.queue, id, EVERYBODYS);
const kinds = async (id: string) => (await domain.events(id)).map(({ kind }) => kind);

test('a paused batch has no jobs, and none of its projects can be taken up', async () => {
  const { id } = await domain.create(3);
  const [first = ''] = await domain.ids(id);
  const paused = await pause(id);
  expect(paused).toMatchObject({ status: 'PAUSED', waitingProjects: 3 });
  expect(paused.pausedAt).not.toBeNull();
  expect(await domain.jobs(id)).toEqual([]);
  const worker = await domain.worker();
  expect(await worker.claim(first)).toBeUndefined();
  expect(await domain.projects(id)).toMatchObject([{ status: 'INITIALIZED', claim: 0 }, {}, {}]);
  expect(await kinds(id)).toEqual(['CREATED', 'PAUSED']);
});

test('what runs when a batch is paused is left to end', async () => {
  const { id } = await domain.create(2);
  const [first = ''] = await domain.ids(id);
  const worker = await domain.worker();
  const run = await worker.hold(first);
  await pause(id);
  await worker.goThrough(run, 5);
  expect(await domain.projects(id)).toMatchObject([{ status: 'COMPLETED' }, { status: 'INITIALIZED' }]);
  expect(await domain.batch(id)).toMatchObject({ status: 'PAUSED', completedProjects: 1, finishedAt: null });
});

test('a started project that waits for its backoff goes on in a paused batch', async () => {
  const { id } = await domain.create(1);
  const [first = ''] = await domain.ids(id);
  const worker = await domain.worker();
  await postponeRun(domain.database, domain.queue, await worker.hold(first), 0);
  await pause(id);
  expect(await domain.jobs(id)).toEqual([first]);
  expect(await worker.claim(first)).toMatchObject({ stageTries: 1 });
});

test('projects that are retried in a paused batch wait', async () => {
  const { id } = await domain.create(2);
  const [first = ''] = await domain.ids(id);
  const worker = await domain.worker();
  await failRun(domain.database, await worker.hold(first), 'script', 'broken');
  await pause(id);
  const { batch, retriedProjects } = await retryBatch(domain.database, domain.queue, id, EVERYBODYS);
  expect(retriedProjects).toBe(1);
  expect(batch).toMatchObject({ status: 'PAUSED', waitingProjects: 2 });
  expect(await domain.jobs(id)).toEqual([]);
  expect(await worker.claim(first)).toBeUndefined();
  await resume(id);
  expect(await domain.jobs(id)).toEqual(await domain.ids(id));
});

test('pausing twice is fine, and changes nothing the second time', async () => {
  const { id } = await domain.create(1);
  const once = await pause(id);
  expect(await pause(id)).toEqual(once);
  expect(await kinds(id)).toEqual(['CREATED', 'PAUSED']);
});

test('a batch paused in its last project is completed by it, not paused', async () => {
  const { id } = await domain.create(1);
  const [first = ''] = await domain.ids(id);
  const worker = await domain.worker();
  const run = await worker.hold(first);
  expect(await pause(id)).toMatchObject({ status: 'PAUSED' });
  await worker.goThrough(run, 5);
  expect(await domain.batch(id)).toMatchObject({ status: 'COMPLETED', finishedAt: expect.any(Date) });
});

test('a resumed batch goes on with what is left', async () => {
  const { id } = await domain.create(3);
  const [first = '', ...rest] = await domain.ids(id);
  const worker = await domain.worker();
  const run = await worker.hold(first);
  await pause(id);
  const resumed = await resume(id);
  expect(resumed).toMatchObject({ status: 'RUNNING', pausedAt: null });
  expect(await domain.jobs(id)).toEqual(rest);
  await worker.goThrough(run, 5);
  expect(await worker.claim(rest[0] ?? '')).toBeDefined();
  expect(await kinds(id)).toEqual(expect.arrayContaining(['PAUSED', 'RESUMED']));
});

test('resuming a batch that is not paused changes nothing', async () => {
  const { id } = await domain.create(1);
  const before = await domain.batch(id);
  expect(await resume(id)).toEqual(before);
  expect(await domain.jobs(id)).toHaveLength(1);
});

describe('neither pause nor resume is for a batch that is closed', () => {
  test.each([
    [
      'COMPLETED',
      async (id: string) => {
        const worker = await domain.worker();
        for (const projectId of await domain.ids(id)) {
          await worker.goThrough(await worker.hold(projectId), 5);
        }
      },
    ],
    ['CANCELLED', (id: string) => cancelBatch(domain.database, domain.queue, id, EVERYBODYS)],
    [
      'FAILED',
      async (id: string) => {
        const worker = await domain.worker();
        const [first = ''] = await domain.ids(id);
        await failRun(domain.database, await worker.hold(first), 'script', 'broken');
      },
    ],
  ])('%s', async (status, close) => {
    const { id } = await domain.create(2, { failureLimit: 0 });
    await close(id);
    const before = await domain.batch(id);
    expect(before.status).toBe(status);
    await expect(pause(id)).rejects.toThrow(InvalidState);
    await expect(resume(id)).rejects.toMatchObject({ batchUuid: id, said: { key: 'cannotResume', status } });
    expect(await domain.batch(id)).toEqual(before);
  });
});

test('a batch that does not exist is not found by any control', async () => {
  const nobody = '0193a1b2-0000-7000-8000-000000000000';
  const { database, queue } = domain;
  for (const control of [pauseBatch, resumeBatch, cancelBatch, retryBatch]) {
    await expect(control(database, queue, nobody, EVERYBODYS)).rejects.toThrow(BatchNotFound);
  }
});
