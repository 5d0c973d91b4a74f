import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli, startInTerminal } from '../helpers/cli.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { makeScene } from './scene.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const run = (...args: string[]) => runCli(args, { env: { SHOWRUNNER_URL: server.url } });

async function statusOf(batchId: string): Promise<unknown> {
  const [row] = await server.testDatabase.sql('SELECT status FROM batches WHERE id = $1', [
    batchId.replace('batch_', ''),
  ]);
  return row?.['status'];
}

test('pause and resume do so, say what that means, and may be repeated', async () => {
  const { batchId, move } = await makeScene(server, 3);
  await move(0, 'RENDERING');
  const paused = await run('pause', batchId);
  expect(paused).toMatchObject({ code: 0, stderr: '' });
  expect(paused.stdout).toBe(
    `Paused: 'A batch' (${batchId}). 1 running are left to end, 2 wait.\nGo on with it: npm run showrunner -- resume ${batchId}\n`,
  );
  expect(await statusOf(batchId)).toBe('PAUSED');
  const again = await run('pause', batchId, '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ batch: { id: batchId, status: 'PAUSED' } });
  const resumed = await run('resume', batchId);
  expect(resumed).toMatchObject({ code: 0, stderr: '' });
  expect(resumed.stdout).toContain(`Resumed: 'A batch' (${batchId}) is running.\n`);
  expect(JSON.parse((await run('resume', batchId, '--json')).stdout)).toMatchObject({ batch: { status: 'RUNNING' } });
});

test('what the state of a batch does not allow is refused with exit code 2', async () => {
  const { batchId, move } = await makeScene(server, 1);
  await move(0, 'COMPLETED');
  const refusals = await Promise.all([run('pause', batchId), run('cancel', batchId, '--yes')]);
  const hint = 'retry takes up again what failed or was cancelled in it';
  expect(refusals).toEqual([
    { code: 2, stdout: '', stderr: `A batch that is COMPLETED cannot be paused: ${hint}\n` },
    { code: 2, stdout: '', stderr: `A batch that is COMPLETED cannot be cancelled: ${hint}\n` },
  ]);
});

test('cancel with --yes cancels without a question', async () => {
  const { batchId, move } = await makeScene(server, 3);
  await move(0, 'COMPLETED');
  const { code, stdout } = await run('cancel', batchId, '--yes');
  expect(code).toBe(0);
  expect(stdout).toContain(`Cancelled: 'A batch' (${batchId}). 2 projects cancelled.\n`);
  expect(await statusOf(batchId)).toBe('CANCELLED');
});

test('on a terminal cancel says how many projects it touches, and does it only after a yes', async () => {
  const { batchId, move } = await makeScene(server, 4);
  await move(0, 'COMPLETED');
  await move(1, 'RENDERING');
  for (const answer of ['\r', 'n\r', '\u0004']) {
    await using asked = startInTerminal(['cancel', batchId, '--url', server.url]);
    await asked.shown(/3 projects \(1 running, 2 waiting\)\? \[y\/N\]/);
    asked.type(answer);
    expect(await asked.ended()).toBe(2);
    expect(asked.raw).toContain('Nothing was cancelled.');
  }
  await using interrupted = startInTerminal(['cancel', batchId, '--url', server.url]);
  await interrupted.shown(/\[y\/N\]/);
  interrupted.type('\u0003');
  expect(await interrupted.ended()).toBe(130);
  expect(await statusOf(batchId)).toBe('RUNNING');
  await using agreed = startInTerminal(['cancel', batchId, '--url', server.url]);
  await agreed.shown(/\[y\/N\]/);
  agreed.type('y\r');
  expect(await agreed.ended()).toBe(0);
  expect(await statusOf(batchId)).toBe('CANCELLED');
});

test('retry sends back what failed, all or some, and says so where there is nothing', async () => {
  const { batchId, projectIds, move } = await makeScene(server, 3);
  for (const position of [0, 1, 2]) {
    await move(position, 'FAILED', { error_message: 'render: no' });
  }
  const some = await run('retry', batchId, '--project', `project_${projectIds[0]}`, String(projectIds[1]), '--json');
  expect(JSON.parse(some.stdout)).toMatchObject({ retriedProjects: 2, batch: { failedProjects: 1 } });
  const all = await run('retry', batchId);
  expect(all).toMatchObject({ code: 0, stderr: '' });
  expect(all.stdout).toContain(`Retrying 1 project of 'A batch' (${batchId}), which is queued.\n`);
  expect((await run('retry', batchId)).stdout).toMatch(/^Nothing to retry: /);
  const waiting = await run('retry', batchId, '--project', String(projectIds[0]));
  expect(waiting).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^Project 'Project 1' is INITIALIZED; .*\n$/),
  });
  const unknown = await run('retry', batchId, '--project', '0192f0c1-2a3b-7c4d-8e5f-60718293a4b5');
  expect(unknown).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^There is no project_0192f0c1\S+ in batch_/),
  });
});
