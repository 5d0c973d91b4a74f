import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Access } from '../../src/batches/access.ts';
import type { Batch } from '../../src/database/models.ts';
import { makeLoaders } from '../../src/graphql/loaders.ts';
import { type Domain, openDomain } from '../batches/domain.ts';

let domain: Domain;
let ofAda: Batch;
let ofBob: Batch;
let asked: string[] = [];
let failing: (values: readonly unknown[]) => boolean = () => false;
const fails = new Error('this statement fails');
const database: Access = {
  get prisma() {
    return domain.database.prisma;
  },
  async query(statement, values) {
    asked.push(statement.name ?? '');
    if (failing(values)) {
      throw fails;
    }
    return domain.database.query(statement, values);
  },
  transaction: (body) => domain.database.transaction(body),
};

beforeAll(async () => {
  domain = await openDomain();
  ofAda = await domain.create(3, { owner: 'ada' });
  ofBob = await domain.create(3, { owner: 'bob' });
});
beforeEach(() => {
  asked = [];
  failing = () => false;
});
afterAll(() => domain[Symbol.asyncDispose]());

const everything = { status: undefined, after: undefined, before: undefined, backwards: false, skip: 0, limit: 10 };

test('what several operations of one owner ask for at the same moment is one statement', async () => {
  const loads = [ofAda, ofBob, ofAda].map(({ id }) => makeLoaders(database, 'ada').batch.load(id));
  expect(await Promise.all(loads)).toEqual([ofAda, undefined, ofAda]);
  expect(asked).toHaveLength(1);
});

test('each owner has a statement of their own, and finds nothing of the other', async () => {
  const owners = ['ada', 'bob', undefined];
  const loads = owners.flatMap((owner) => {
    const { batch } = makeLoaders(database, owner);
    return [batch.load(ofAda.id), batch.load(ofBob.id)];
  });
  expect(await Promise.all(loads)).toEqual([ofAda, undefined, undefined, ofBob, ofAda, ofBob]);
  expect(asked).toHaveLength(3);
});

test('a statement that fails is an error of those alone who asked for what it reads', async () => {
  failing = (values) => values.includes('bob');
  const loads = ['ada', 'bob'].map((owner) => makeLoaders(database, owner).batch.load(ofAda.id));
  expect(await Promise.allSettled(loads)).toEqual([
    { status: 'fulfilled', value: ofAda },
    { status: 'rejected', reason: fails },
  ]);
});

test('the same part of the lists of several batches is one statement, and each gets its own', async () => {
  const { projects } = makeLoaders(database, undefined);
  const pages = await Promise.all([ofBob, ofAda].map(({ id }) => projects.load({ batchId: id, ...everything })));
  expect(pages.map((page) => page.map(({ batchId, position }) => [batchId, position]))).toEqual(
    [ofBob, ofAda].map(({ id }) => [0, 1, 2].map((position) => [id, position])),
  );
  expect(asked).toHaveLength(1);
});

test('different parts of lists are told apart', async () => {
  const { projects } = makeLoaders(database, undefined);
  const ranges = [everything, { ...everything, after: 0 }, { ...everything, backwards: true, limit: 1 }];
  const pages = await Promise.all(ranges.map((range) => projects.load({ batchId: ofAda.id, ...range })));
  expect(pages.map((page) => page.map(({ position }) => position))).toEqual([[0, 1, 2], [1, 2], [2]]);
  expect(asked).toHaveLength(3);
});

test('the same part of a list of batches is read once for all who ask at the same moment', async () => {
  const filter = { owner: 'ada', search: undefined };
  const load = () =>
    makeLoaders(database, 'ada').batches.load({ ...everything, after: undefined, before: undefined, filter });
  expect(await Promise.all([load(), load()])).toEqual([[ofAda], [ofAda]]);
  expect(asked).toHaveLength(1);
  await load();
  expect(asked).toHaveLength(2);
});
