import { describe, expect, test } from 'vitest';
import {
  addProject,
  addProjects,
  batch,
  batchRow,
  db,
  events,
  project,
  set,
  setBatch,
  stateOf,
  useBatch,
  usePlainSql,
  version,
} from './plain-sql.ts';

usePlainSql();

describe('a control mark', () => {
  test('pausing and resuming are events, and change the status', async () => {
    await addProject();
    const before = await version();
    await setBatch('paused_at = now()');
    expect(await batchRow()).toMatchObject({ status: 'PAUSED', finished_at: null });
    await setBatch('paused_at = NULL');
    expect(await batchRow()).toMatchObject({ status: 'QUEUED' });
    expect(await events(before)).toEqual([`${before + 1}.0 PAUSED`, `${before + 2}.0 RESUMED`]);
  });

  test('cancelling a batch of which nothing runs ends it, in one statement after its projects', async () => {
    await addProjects(2);
    const before = await version();
    await db.sql(`UPDATE projects SET status = 'CANCELLED' WHERE batch_id = $1`, [batch]);
    await setBatch('cancelled_at = now()');
    expect(await batchRow()).toMatchObject({ status: 'CANCELLED', finished_at: expect.any(Date) });
    expect(await events(before)).toEqual([
      `${before + 1}.1 INITIALIZED>CANCELLED`,
      `${before + 1}.2 INITIALIZED>CANCELLED`,
      `${before + 1}.last FINISHED`,
      `${before + 2}.0 CANCELLED`,
    ]);
  });

  test('a cancelled batch drains: it ends when what runs has let go', async () => {
    const id = await addProject({ status: 'RENDERING' });
    await setBatch('cancelled_at = now()');
    expect(await batchRow()).toMatchObject({ status: 'CANCELLED', finished_at: null });
    await set(id, `status = 'CANCELLED'`);
    expect(await batchRow()).toMatchObject({ status: 'CANCELLED', finished_at: expect.any(Date) });
    expect(await project(id)).toMatchObject({ progress: 75 });
  });

  test('retrying an ended batch is an event, and opens it again', async () => {
    const id = await addProject({ status: 'FAILED' });
    expect(await batchRow()).toMatchObject({ status: 'COMPLETED', finished_at: expect.any(Date) });
    const before = await version();
    await setBatch('retried_at = now()');
    await set(id, `status = 'INITIALIZED', attempt = attempt + 1, error_message = NULL`);
    expect(await batchRow()).toMatchObject({ status: 'QUEUED', finished_at: null });
    expect(await events(before)).toEqual([`${before + 1}.0 RETRIED`, `${before + 2}.1 FAILED>INITIALIZED`]);
  });

  test('a batch that fails beyond its limit is FAILED, drains, and then has ended', async () => {
    await useBatch({ failure_limit: 1 });
    const [first = '', second = '', third = ''] = await addProjects(4, { status: 'RENDERING' });
    await set(first, `status = 'FAILED'`);
    expect(await batchRow()).toMatchObject({ status: 'RUNNING' });
    const before = await version();
    await set(second, `status = 'FAILED'`);
    expect(await batchRow()).toMatchObject({ status: 'FAILED', finished_at: null });
    expect(await events(before)).toEqual([
      `${before + 1}.1 RENDERING>FAILED`,
      `${before + 1}.last-1 FAILURE_LIMIT_EXCEEDED`,
    ]);
    await db.sql(`UPDATE projects SET status = 'COMPLETED' WHERE batch_id = $1 AND status = 'RENDERING'`, [batch]);
    expect(await batchRow()).toMatchObject({ status: 'FAILED', finished_at: expect.any(Date) });
    expect(await project(third)).toMatchObject({ status: 'COMPLETED' });
  });

  test('writing the same mark again makes no version', async () => {
    await setBatch(`paused_at = '2026-01-01T00:00:00Z'`);
    const before = await version();
    await setBatch(`paused_at = '2026-01-01T00:00:00Z'`);
    expect(await version()).toBe(before);
  });

  test("the status itself can't be written", async () => {
    expect(await stateOf(setBatch(`status = 'COMPLETED'`))).toBe('428C9');
  });

  test('keeps its id, by which its history is found', async () => {
    expect(await stateOf(setBatch('id = gen_random_uuid()'))).toBe('23000');
    expect(await events(0)).toEqual(['1.0 CREATED']);
  });
});

test.each([
  // cancelled_at, paused_at, failure_limit, total, waiting, completed, failed, cancelled
  ['CANCELLED', 'now(), now(), 0, 2, 0, 1, 1, 0'],
  ['FAILED', 'NULL, now(), 0, 2, 1, 0, 1, 0'],
  ['COMPLETED', 'NULL, now(), 1, 3, 0, 1, 1, 1'],
  ['PAUSED', 'NULL, now(), NULL, 2, 2, 0, 0, 0'],
  ['PAUSED', 'NULL, now(), NULL, 2, 1, 0, 0, 0'],
  ['QUEUED', 'NULL, NULL, NULL, 2, 2, 0, 0, 0'],
  ['QUEUED', 'NULL, NULL, NULL, 0, 0, 0, 0, 0'],
  ['RUNNING', 'NULL, NULL, NULL, 2, 1, 1, 0, 0'],
  ['RUNNING', 'NULL, NULL, 1, 3, 1, 0, 1, 0'],
])('the rule gives %s for (%s)', async (status, values) => {
  expect(await db.sql(`SELECT batch_status(${values}) AS it`)).toEqual([{ it: status }]);
});
