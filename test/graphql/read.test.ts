import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { DETAIL, EVENTS, LIST, NODES, PROJECT } from './documents.ts';
import { inputOf, makeBatch, updateProject, uuidIn } from './scene.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

test('a list of three batches comes newest first, with true counts and statuses', async () => {
  await using fresh = await startTestServer();
  await makeBatch(fresh, inputOf(10, { name: 'waiting' }));
  const working = await makeBatch(fresh, inputOf(5, { name: 'working' }));
  const done = await makeBatch(fresh, inputOf(3, { name: 'done' }));
  for (const [at, status] of ['COMPLETED', 'COMPLETED', 'FAILED'].entries()) {
    await updateProject(fresh, String(working.projects[at]?.uuid), { status });
  }
  for (const { uuid } of done.projects) {
    await updateProject(fresh, uuid, { status: 'COMPLETED' });
  }
  const { data } = await fresh.query(LIST, {});
  expect(data?.batches.totalCount).toBe(3);
  expect(data?.batches.nodes).toMatchObject([
    { name: 'done', status: 'COMPLETED', progress: 100, totalProjects: 3, completedProjects: 3, failedProjects: 0 },
    { name: 'working', status: 'RUNNING', progress: 40, totalProjects: 5, completedProjects: 2, failedProjects: 1 },
    { name: 'waiting', status: 'QUEUED', progress: 0, totalProjects: 10, completedProjects: 0, failedProjects: 0 },
  ]);
});

test('the detail shows a project that is done, one that failed on its way, and one that renders', async () => {
  const batch = await makeBatch(server, inputOf(3));
  const [first, second, third] = batch.projects.map(({ uuid }) => uuid);
  await updateProject(server, String(first), { status: 'COMPLETED' });
  await updateProject(server, String(second), { status: 'ASSETS_GENERATING', fraction: 0.25 });
  await updateProject(server, String(second), { status: 'FAILED', error_message: 'assets: no font' });
  await updateProject(server, String(third), { status: 'RENDERING' });
  const { data } = await server.query(DETAIL, { id: batch.id });
  expect(data?.batch).toMatchObject({
    id: batch.id,
    status: 'RUNNING',
    completedProjects: 1,
    failedProjects: 1,
    runningProjects: 1,
    projects: {
      totalCount: 3,
      nodes: [
        { status: 'COMPLETED', progress: 100, errorMessage: null },
        { status: 'FAILED', progress: 45, errorMessage: 'assets: no font' },
        { status: 'RENDERING', progress: 75, errorMessage: null },
      ],
    },
  });
  expect(data?.batch?.progress).toBeCloseTo((100 + 45 + 75) / 3);
});

const UNKNOWN = '0192f7a4-5c1e-7d3a-9b1f-2f6d8e4c1a01';

test.each([
  ['unknown', () => `batch_${UNKNOWN}`],
  ['malformed', () => 'batch_1'],
  ['empty', () => ''],
  ["a project's", async () => String((await makeBatch(server, inputOf(1))).projects[0]?.id)],
  ['a bare UUID', async () => (await makeBatch(server, inputOf(1))).uuid],
])('a batch id that is %s is not found', async (_name, make) => {
  const id = await make();
  const { data, errors, response } = await server.query(DETAIL, { id }, { 'accept-language': 'zh' });
  expect(response.status).toBe(200);
  expect(data).toEqual({ batch: null });
  expect(errors).toMatchObject([
    { message: '批次任務不存在', path: ['batch'], extensions: { code: 'BATCH_NOT_FOUND' } },
  ]);
});

test('a project is found by its own id only', async () => {
  const batch = await makeBatch(server, inputOf(1));
  const id = String(batch.projects[0]?.id);
  const { data } = await server.query(PROJECT, { id });
  expect(data?.project).toMatchObject({ id, name: 'Project 1', batch: { id: batch.id } });
  for (const wrong of [batch.id, `project_${UNKNOWN}`, 'x']) {
    const { data: none, errors } = await server.query(PROJECT, { id: wrong });
    expect(none).toEqual({ project: null });
    expect(errors).toMatchObject([{ extensions: { code: 'PROJECT_NOT_FOUND' } }]);
  }
});

test('an id in capital letters means the same batch', async () => {
  const batch = await makeBatch(server, inputOf(1));
  const { data } = await server.query(DETAIL, { id: `batch_${batch.uuid.toUpperCase()}` });
  expect(data?.batch?.id).toBe(batch.id);
});

test('node and nodes give both types, in order, and null without an error for what there is not', async () => {
  const batch = await makeBatch(server, inputOf(1, { name: 'By its id' }));
  const project = String(batch.projects[0]?.id);
  const ids = [project, 'garbage', batch.id, `batch_${UNKNOWN}`, `project_${batch.uuid}`, project];
  const { data, errors } = await server.query(NODES, { id: batch.id, ids });
  expect(errors).toBeUndefined();
  expect(data?.node).toEqual({ __typename: 'Batch', id: batch.id });
  const found = { __typename: 'Project', id: project, name: 'Project 1', batch: { id: batch.id } };
  expect(data?.nodes).toEqual([
    found,
    null,
    { __typename: 'Batch', id: batch.id, name: 'By its id' },
    null,
    null,
    found,
  ]);
});

test('the history tells what happened, oldest first', async () => {
  const batch = await makeBatch(server, inputOf(1));
  await updateProject(server, String(batch.projects[0]?.uuid), { status: 'RENDERING' });
  await updateProject(server, String(batch.projects[0]?.uuid), { status: 'COMPLETED' });
  const { data } = await server.query(EVENTS, { id: batch.id, first: 2 });
  const events = data?.batch?.events;
  expect(events?.nodes).toMatchObject([
    { kind: 'CREATED', version: 1, change: null },
    { kind: 'PROJECT_STATUS_CHANGED', version: 3, change: { from: 'INITIALIZED', to: 'RENDERING' } },
  ]);
  expect(events?.pageInfo.hasNextPage).toBe(true);
  const rest = await server.query(EVENTS, { id: batch.id, after: events?.pageInfo.endCursor ?? '' });
  expect(rest.data?.batch?.events.nodes).toMatchObject([
    { kind: 'PROJECT_STATUS_CHANGED', version: 4, change: { from: 'RENDERING', to: 'COMPLETED' } },
    { kind: 'FINISHED', version: 4, change: null },
  ]);
});

test('batches are found by a part of their name, in any case', async () => {
  const batch = await makeBatch(server, inputOf(1, { name: 'Lectures of Winter' }));
  const { data } = await server.query(LIST, { search: 'OF WINT' });
  expect(data?.batches.nodes.map((node) => node?.id)).toEqual([batch.id]);
  expect(data?.batches.totalCount).toBe(1);
});

test('a search takes every character for itself', async () => {
  const batch = await makeBatch(server, inputOf(1, { name: String.raw`100% of_\it` }));
  for (const search of ['0%', 'f_', String.raw`_\i`]) {
    const { data } = await server.query(LIST, { search });
    expect(data?.batches.nodes.map((node) => node?.id)).toEqual([batch.id]);
  }
  expect((await server.query(LIST, { search: '1%i' })).data?.batches.nodes).toEqual([]);
});

test('a search that no name can contain is refused', async () => {
  const { errors } = await server.query(LIST, { search: 'a\0b' });
  expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'search' } }]);
});

test('a batch that is deleted takes its projects along', async () => {
  const batch = await makeBatch(server, inputOf(1));
  await server.testDatabase.sql('DELETE FROM batches WHERE id = $1', [uuidIn(batch.id)]);
  const { data } = await server.query(NODES, { id: batch.id, ids: [String(batch.projects[0]?.id)] });
  expect(data).toEqual({ node: null, nodes: [null] });
});
