import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { CANCEL, PAUSE, RESUME, RETRY } from './documents.ts';
import { inputOf, type MadeBatch, makeBatch, updateProject } from './scene.ts';

let server: TestServer;
let batch: MadeBatch;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

async function makeEnded(status: string): Promise<MadeBatch> {
  batch = await makeBatch(server, inputOf(2));
  for (const { uuid } of batch.projects) {
    await updateProject(server, uuid, { status });
  }
  return batch;
}

test('a batch is paused, paused again, and resumed', async () => {
  const { id } = await makeBatch(server, inputOf(1));
  for (const _time of [1, 2]) {
    const { data } = await server.query(PAUSE, { id });
    expect(data?.pauseBatch).toEqual({
      __typename: 'PauseBatchSuccess',
      batch: { id, status: 'PAUSED' },
    });
  }
  for (const _time of [1, 2]) {
    const { data } = await server.query(RESUME, { id });
    expect(data?.resumeBatch).toEqual({
      __typename: 'ResumeBatchSuccess',
      batch: { status: 'QUEUED' },
    });
  }
});

test('a batch that has ended is not paused, resumed or cancelled', async () => {
  const { id } = await makeEnded('COMPLETED');
  const paused = await server.query(PAUSE, { id }, { 'accept-language': 'zh-HK' });
  expect(paused.data?.pauseBatch).toEqual({
    __typename: 'InvalidStateError',
    code: 'INVALID_STATE',
    message: '狀態為 COMPLETED 的批次任務無法暫停',
    batch: { id, status: 'COMPLETED' },
  });
  const resumed = await server.query(RESUME, { id });
  expect(resumed.data?.resumeBatch).toEqual({ __typename: 'InvalidStateError', code: 'INVALID_STATE' });
  const cancelled = await server.query(CANCEL, { id });
  expect(cancelled.data?.cancelBatch).toEqual({ __typename: 'InvalidStateError', code: 'INVALID_STATE' });
});

test('cancelling takes the waiting projects at once', async () => {
  const { id } = await makeBatch(server, inputOf(3));
  const { data } = await server.query(CANCEL, { id });
  expect(data?.cancelBatch).toEqual({
    __typename: 'CancelBatchSuccess',
    batch: { status: 'CANCELLED', cancelledProjects: 3 },
  });
});

test('failed projects go back to work, all of them or those that are named', async () => {
  const { id, projects } = await makeEnded('FAILED');
  const one = await server.query(RETRY, { id, projectIds: [String(projects[1]?.id)] });
  expect(one.data?.retryBatch).toEqual({
    __typename: 'RetryBatchSuccess',
    retriedProjects: 1,
    batch: { status: 'RUNNING', waitingProjects: 1 },
  });
  const all = await server.query(RETRY, { id });
  expect(all.data?.retryBatch).toMatchObject({ retriedProjects: 1, batch: { waitingProjects: 2 } });
});

test('a project that has not failed cannot be retried', async () => {
  const { id, projects } = await makeEnded('COMPLETED');
  const { data } = await server.query(RETRY, { id, projectIds: [String(projects[0]?.id)] });
  expect(data?.retryBatch).toEqual({
    __typename: 'InvalidStateError',
    code: 'INVALID_STATE',
    message: "Project 'Project 1' is COMPLETED; only FAILED and CANCELLED projects can be retried",
  });
});

const UNKNOWN = '0192f7a4-5c1e-7d3a-9b1f-2f6d8e4c1a01';

test.each([`batch_${UNKNOWN}`, `batch_${UNKNOWN.toUpperCase()}`, 'batch_1', `project_${UNKNOWN}`])(
  'a batch id that does not exist comes back as it was given: %s',
  async (id) => {
    const { data, errors } = await server.query(PAUSE, { id });
    expect(errors).toBeUndefined();
    expect(data?.pauseBatch).toEqual({
      __typename: 'BatchNotFoundError',
      code: 'BATCH_NOT_FOUND',
      message: 'The batch does not exist',
      batchId: id,
    });
    const notFound = { __typename: 'BatchNotFoundError', code: 'BATCH_NOT_FOUND' };
    expect((await server.query(RESUME, { id })).data?.resumeBatch).toEqual(notFound);
    expect((await server.query(CANCEL, { id })).data?.cancelBatch).toEqual(notFound);
    expect((await server.query(RETRY, { id })).data?.retryBatch).toMatchObject(notFound);
  },
);

test.each([`project_${UNKNOWN}`, `project_${UNKNOWN.toUpperCase()}`, 'project_1', `batch_${UNKNOWN}`])(
  'a project id that does not exist comes back as it was given: %s',
  async (projectId) => {
    const { id } = await makeEnded('FAILED');
    const { data } = await server.query(RETRY, { id, projectIds: [projectId] });
    expect(data?.retryBatch).toEqual({
      __typename: 'ProjectNotFoundError',
      code: 'PROJECT_NOT_FOUND',
      message: 'The project does not exist',
      projectId,
    });
  },
);
