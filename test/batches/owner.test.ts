import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelBatch } from '../../src/batches/cancel.ts';
import { createBatch } from '../../src/batches/create.ts';
import { findBatches, findContents, findProjects } from '../../src/batches/find.ts';
import { type BatchRange, countBatches, listBatches, readBatches } from '../../src/batches/list-batches.ts';
import { lockBatch } from '../../src/batches/lock.ts';
import { EVERYBODYS, findOwners, findProjectOwner } from '../../src/batches/owner.ts';
import { pauseBatch } from '../../src/batches/pause.ts';
import { resumeBatch } from '../../src/batches/resume.ts';
import { retryBatch } from '../../src/batches/retry.ts';
import type { Batch } from '../../src/database/models.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { BatchNotFound, IdempotencyConflict } from '../../src/errors.ts';
import { testBackend } from '../helpers/database.ts';
import { batchInput, testLimits } from '../helpers/engine.ts';
import { type Domain, openDomain } from './domain.ts';

let domain: Domain;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const create = (owner: string, idempotencyKey: string, projects = 1) =>
  createBatch(domain.database, domain.queue, testLimits, batchInput(projects, { owner, idempotencyKey }));

test('a batch belongs to whoever made it, and to nobody where nobody was asked', async () => {
  expect(await domain.create(1, { owner: 'ada' })).toMatchObject({ owner: 'ada' });
  expect(await domain.create(1)).toMatchObject({ owner: '' });
});

test("another's batch is not there for any control, and stays as it is", async () => {
  const { database, queue } = domain;
  const { id } = await domain.create(2, { owner: 'ada' });
  const before = await domain.batch(id);
  for (const owner of ['bob', '', 'ADA', 'ada ']) {
    for (const control of [pauseBatch, resumeBatch, cancelBatch, retryBatch]) {
      await expect(control(database, queue, id, owner)).rejects.toThrow(new BatchNotFound(id));
    }
  }
  expect(await domain.batch(id)).toEqual(before);
  expect(await domain.jobs(id)).toHaveLength(2);
});

test("one's own batch, and for everybody's everybody's, can be paused, resumed, cancelled and retried", async () => {
  const { database, queue } = domain;
  for (const owner of ['ada', EVERYBODYS]) {
    const { id } = await domain.create(2, { owner: 'ada' });
    expect(await pauseBatch(database, queue, id, owner)).toMatchObject({ status: 'PAUSED' });
    expect(await resumeBatch(database, queue, id, owner)).toMatchObject({ status: 'QUEUED' });
    expect(await cancelBatch(database, queue, id, owner)).toMatchObject({ status: 'CANCELLED' });
    expect(await retryBatch(database, queue, id, owner)).toMatchObject({ retriedProjects: 2 });
    expect(await domain.batch(id)).toMatchObject({ owner: 'ada' });
  }
});

test("another's batch and its projects are not found, as if they did not exist", async () => {
  const { database } = domain;
  const [own, other] = [await domain.create(1, { owner: 'ada' }), await domain.create(1, { owner: 'bob' })];
  const batches = [other.id, uuidv7(), own.id];
  const projects = [...(await domain.ids(other.id)), uuidv7(), ...(await domain.ids(own.id))];

  expect(await findBatches(database, batches, 'ada')).toEqual([undefined, undefined, own]);
  expect(await findBatches(database, batches, EVERYBODYS)).toEqual([other, undefined, own]);
  const found = (rows: unknown[]) => rows.map((row) => row !== undefined);
  expect(found(await findProjects(database, projects, 'ada'))).toEqual([false, false, true]);
  expect(found(await findProjects(database, projects, EVERYBODYS))).toEqual([true, false, true]);
  expect(found(await findContents(database, projects, 'ada'))).toEqual([false, false, true]);
  expect(found(await findContents(database, projects, EVERYBODYS))).toEqual([true, false, true]);
});

test('a list and its count hold the batches of one owner, or of everybody', async () => {
  const { database } = domain;
  const name = 'Listed by owner';
  const made: Batch[] = [];
  for (const owner of ['ada', 'bob', 'ada', '']) {
    made.push(await domain.create(1, { owner, name }));
  }
  const list = async (owner: string | undefined) => {
    const filter = { owner, search: name };
    const read = (range: BatchRange) => readBatches(database, range);
    const { rows } = await listBatches(read, filter, {});
    expect(await countBatches(database, filter)).toBe(rows.length);
    return rows.map(({ id }) => made.findIndex((batch) => batch.id === id));
  };
  expect(await list('ada')).toEqual([2, 0]);
  expect(await list('bob')).toEqual([1]);
  expect(await list('')).toEqual([3]);
  expect(await list('eve')).toEqual([]);
  expect(await list(EVERYBODYS)).toEqual([3, 2, 1, 0]);
});

test('each owner has idempotency keys of their own', async () => {
  const ada = await create('ada', 'shared');
  const bob = await create('bob', 'shared', 2);
  const nobody = await create('', 'shared', 3);
  expect([ada, bob, nobody].map(({ replayed }) => replayed)).toEqual([false, false, false]);
  expect(await create('bob', 'shared', 2)).toEqual({ batch: bob.batch, replayed: true });
  const conflict = await create('ada', 'shared', 2).catch((error: unknown) => error);
  expect(conflict).toBeInstanceOf(IdempotencyConflict);
  expect(conflict).toMatchObject({ batchUuid: ada.batch.id });
});

test('two owners who use the same key at the same time get a batch each', async () => {
  const owners = ['ada', 'bob', 'ada', 'bob'];
  const made = await Promise.all(owners.map((owner) => create(owner, 'at once')));
  expect(made.map(({ batch }) => batch.owner)).toEqual(owners);
  expect(new Set(made.map(({ batch }) => batch.id)).size).toBe(2);
  expect(made.filter(({ replayed }) => !replayed)).toHaveLength(2);
});

test('the owner of a batch, and of the batch of a project, is found by id', async () => {
  const { id } = await domain.create(1, { owner: 'ada' });
  const [projectId = ''] = await domain.ids(id);
  expect(await findOwners(domain.database, [uuidv7(), id, id])).toEqual([undefined, 'ada', 'ada']);
  expect(await findProjectOwner(domain.database, projectId)).toBe('ada');
  expect(await findProjectOwner(domain.database, uuidv7())).toBeUndefined();
});

if (testBackend === 'postgres') {
  test("whoever asks for another's batch does not wait while it is at work", async () => {
    const { database, queue } = domain;
    const { id } = await domain.create(1, { owner: 'ada' });
    await inTransaction(database.prisma, async (tx) => {
      await lockBatch(tx, id, EVERYBODYS);
      await expect(pauseBatch(database, queue, id, 'bob')).rejects.toThrow(BatchNotFound);
    });
  });
}
