import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBatch } from '../../src/batches/create.ts';
import type { ProjectQueue } from '../../src/batches/queue.ts';
import { IdempotencyConflict, InvalidInput } from '../../src/errors.ts';
import { batchInput, testLimits } from '../helpers/engine.ts';
import { type Domain, openDomain } from './domain.ts';

let domain: Domain;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

async function rowCounts(): Promise<unknown> {
  const [counts] = await domain.db.sql(`SELECT (SELECT count(*) FROM batches)::int AS batches,
    (SELECT count(*) FROM projects)::int AS projects, (SELECT count(*) FROM batch_events)::int AS events,
    (SELECT count(*) FROM pgboss.job)::int AS jobs`);
  return counts;
}

const create = (input: Parameters<typeof createBatch>[3]) =>
  createBatch(domain.database, domain.queue, testLimits, input);

test('a queue can make jobs in a transaction at once after it was opened', async () => {
  // pg-boss reads its own tables for the first job, and must not do so beside the open transaction.
  await using fresh = await openDomain();
  const batch = await fresh.create(1);
  expect(await fresh.jobs(batch.id)).toHaveLength(1);
});

test('a batch, its projects in their order and their jobs are written together', async () => {
  const batch = await domain.create(3);
  expect(batch).toMatchObject({
    status: 'QUEUED',
    totalProjects: 3,
    waitingProjects: 3,
    runningProjects: 0,
    completedProjects: 0,
    failedProjects: 0,
    cancelledProjects: 0,
    progressSum: 0,
    version: 2,
    startedAt: null,
    finishedAt: null,
    idempotencyKey: null,
  });
  const projects = await domain.projects(batch.id);
  expect(
    projects.map(({ name, position, status, progress, attempt }) => [name, position, status, progress, attempt]),
  ).toEqual([
    ['Project 1', 0, 'INITIALIZED', 0, 1],
    ['Project 2', 1, 'INITIALIZED', 0, 1],
    ['Project 3', 2, 'INITIALIZED', 0, 1],
  ]);
  expect(await domain.jobs(batch.id)).toEqual(projects.map(({ id }) => id));
  expect((await domain.events(batch.id)).map(({ kind, version }) => [kind, version])).toEqual([['CREATED', 1]]);
});

test('every project inherits every setting of its batch', async () => {
  const settings = {
    configurationId: '0193a1b2-0000-7000-8000-000000000001',
    promptTemplateId: '0193a1b2-0000-7000-8000-000000000002',
    geminiModel: 'gemini-1.5-pro',
  };
  const publishAt = new Date(Date.now() + 3_600_000);
  const batch = await domain.create(2, {
    ...settings,
    youtubeSettings: { privacy: 'UNLISTED', publishType: 'SCHEDULED', publishAt, aiContentFlag: false },
  });
  const expected = {
    ...settings,
    youtubePrivacy: 'UNLISTED',
    youtubePublishType: 'SCHEDULED',
    youtubePublishAt: publishAt,
    youtubeAiContentFlag: false,
  };
  expect(batch).toMatchObject(expected);
  expect(await domain.projects(batch.id)).toMatchObject([expected, expected]);
});

test('nothing is written where the jobs cannot be made', async () => {
  const before = await rowCounts();
  const broken: ProjectQueue = {
    ...domain.queue,
    async enqueue(tx, ids) {
      await domain.queue.enqueue(tx, ids);
      throw new Error('no queue');
    },
  };
  await expect(createBatch(domain.database, broken, testLimits, batchInput(5))).rejects.toThrow('no queue');
  expect(await rowCounts()).toEqual(before);
});

test('nothing is written for input with a mistake, and the error names each', async () => {
  const before = await rowCounts();
  const error = await create(batchInput(0, { name: '' })).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InvalidInput);
  expect(error).toMatchObject({ code: 'INVALID_INPUT', issues: [{ field: 'name' }, { field: 'projects' }] });
  expect(await rowCounts()).toEqual(before);
});

test('what passes the checks at their limits is stored as it came', async () => {
  const name = '🎬'.repeat(200);
  const content = '字𠮷'.repeat(5_000);
  const { batch } = await create(
    batchInput(1, {
      name,
      projects: [{ name, content }],
      idempotencyKey: '🔑'.repeat(200),
      failureLimit: 2_147_483_647,
    }),
  );
  expect(batch.name).toBe(name);
  expect(await domain.projects(batch.id)).toMatchObject([{ name, content }]);
});

test('10,000 projects are one batch, one version and 10,000 jobs', async () => {
  const batch = await domain.create(10_000);
  expect(batch).toMatchObject({ totalProjects: 10_000, waitingProjects: 10_000, version: 2 });
  const [row] = await domain.db.sql(
    `SELECT count(DISTINCT p.position)::int AS positions, min(p.position) AS first, max(p.position) AS last,
       count(j.id)::int AS jobs, bool_and(p.name = 'Project ' || p.position + 1) AS named
     FROM projects p LEFT JOIN pgboss.job j ON j.id = p.id WHERE p.batch_id = $1`,
    [batch.id],
  );
  expect(row).toEqual({ positions: 10_000, first: 0, last: 9_999, jobs: 10_000, named: true });
});

test('the same key with the same input gives the first batch again', async () => {
  const youtubeSettings = { privacy: 'PUBLIC', publishType: 'IMMEDIATE', aiContentFlag: true } as const;
  const first = await create(batchInput(2, { idempotencyKey: 'same', youtubeSettings }));
  const before = await rowCounts();
  const again = await create(
    batchInput(2, {
      idempotencyKey: 'same',
      failureLimit: null,
      youtubeSettings: { ...youtubeSettings, publishAt: null },
    }),
  );
  expect(first.replayed).toBe(false);
  expect(again).toEqual({ batch: first.batch, replayed: true });
  expect(await rowCounts()).toEqual(before);
});

test.each([
  ['name', { name: 'Another' }],
  ['a project', { projects: [{ name: 'Project 1', content: 'b'.repeat(500) }] }],
  ['the order of projects', { projects: batchInput(2).projects.toReversed() }],
  ['the model', { geminiModel: 'gemini-1.5-pro' }],
  ['the failure limit', { failureLimit: 0 }],
  ['the configuration', { configurationId: '0193a1b2-0000-7000-8000-000000000001' }],
  ['the prompt template', { promptTemplateId: '0193a1b2-0000-7000-8000-000000000001' }],
  [
    'the YouTube settings',
    { youtubeSettings: { privacy: 'PUBLIC', publishType: 'IMMEDIATE', aiContentFlag: true } as const },
  ],
])('the same key with another input is a conflict: %s', async (what, difference) => {
  const idempotencyKey = `conflict ${what}`;
  const { batch } = await create(batchInput(2, { idempotencyKey }));
  const before = await rowCounts();
  const error = await create(batchInput(2, { idempotencyKey, ...difference })).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(IdempotencyConflict);
  expect(error).toMatchObject({ batchUuid: batch.id });
  expect(await rowCounts()).toEqual(before);
});

test('ten calls at once with one key make one batch', async () => {
  const input = batchInput(3, { idempotencyKey: 'at once' });
  const results = await Promise.all(Array.from({ length: 10 }, () => create(input)));
  expect(new Set(results.map(({ batch }) => batch.id)).size).toBe(1);
  expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(await domain.projects(results[0]?.batch.id ?? '')).toHaveLength(3);
});

test('a key that was used by a call that failed is free', async () => {
  await expect(create(batchInput(0, { idempotencyKey: 'failed' }))).rejects.toThrow(InvalidInput);
  expect(await create(batchInput(1, { idempotencyKey: 'failed' }))).toMatchObject({ replayed: false });
});

test('a scheduled batch is replayed though its time has passed meanwhile', async () => {
  const publishAt = new Date(Date.now() + 400);
  const input = batchInput(1, {
    idempotencyKey: 'scheduled',
    youtubeSettings: { privacy: 'PUBLIC', publishType: 'SCHEDULED', publishAt, aiContentFlag: true },
  });
  const { batch } = await create(input);
  await expect.poll(() => Date.now(), { interval: 50 }).toBeGreaterThan(publishAt.getTime());
  expect(await create(input)).toEqual({ batch, replayed: true });
  await expect(create({ ...input, idempotencyKey: 'another' })).rejects.toThrow(InvalidInput);
});
