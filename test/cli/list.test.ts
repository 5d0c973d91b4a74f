import stringWidth from 'string-width';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli, startInTerminal } from '../helpers/cli.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { makeScene, type Scene } from './scene.ts';

let server: TestServer;
let failing: Scene;
beforeAll(async () => {
  server = await startTestServer();
  await makeScene(server, 2, { name: '茶的故事' });
  failing = await makeScene(server, 3, {
    name: 'Failing\u001b[2J',
    failureLimit: 5,
    youtubeSettings: { privacy: 'PUBLIC', publishType: 'IMMEDIATE', aiContentFlag: true },
  });
  await failing.move(0, 'COMPLETED', { video_url: '/library/x/video.mp4' });
  await failing.move(1, 'FAILED', { error_message: 'render: disk full' });
});
afterAll(() => server[Symbol.asyncDispose]());

const run = (args: string[], env: Record<string, string> = {}) =>
  runCli(args, { env: { SHOWRUNNER_URL: server.url, TZ: 'UTC', ...env } });

test('list shows the newest first, in columns that stand below each other', async () => {
  const { code, stdout, stderr } = await run(['list']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [head = '', ...rows] = stdout.trimEnd().split('\n');
  expect(head).toMatch(/^ID +NAME +STATUS +PROGRESS +VIDEOS +CREATED$/);
  expect(rows[0]).toMatch(/^batch_\S+ {2}Failing \[2J +running +33% +1\/3, 1 failed +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  expect(rows[1]).toMatch(/^batch_\S+ {2}茶的故事 +queued +0% +0\/2 +\d{4}-/);
  const column = (line: string, pattern: RegExp) => stringWidth(line.slice(0, line.search(pattern)));
  expect(column(rows[1] ?? '', /queued/)).toBe(column(head, /STATUS/));
  expect(column(rows[0] ?? '', /running/)).toBe(column(head, /STATUS/));
});

test('list filters by status and name, and gives no more than asked for', async () => {
  const ids = async (...args: string[]) => {
    const { stdout } = await run(['list', '--json', ...args]);
    const { batches, totalCount }: { batches: { name: string }[]; totalCount: number } = JSON.parse(stdout);
    return { names: batches.map(({ name }) => name), totalCount };
  };
  expect(await ids('--status', 'Queued,paused')).toEqual({ names: ['茶的故事'], totalCount: 1 });
  expect(await ids('--search', 'FAIL')).toMatchObject({ totalCount: 1 });
  expect(await ids('--limit', '1')).toMatchObject({ names: ['Failing\u001b[2J'], totalCount: 2 });
  expect((await run(['list', '--search', 'nothing'])).stdout).toBe('No batch is like that.\n');
});

test('more batches than fit a page of the API are listed, too', async () => {
  await using big = await startTestServer();
  await big.testDatabase.sql(
    `INSERT INTO batches (id, name, gemini_model) SELECT gen_random_uuid(), n::text, 'm' FROM generate_series(1, 130) n`,
  );
  const { stdout } = await runCli(['list', '--limit', '120', '--url', big.url, '--json']);
  const { batches, totalCount }: { batches: { id: string }[]; totalCount: number } = JSON.parse(stdout);
  expect(new Set(batches.map(({ id }) => id)).size).toBe(120);
  expect(totalCount).toBe(130);
});

test.each([84, 40, 20])('on a terminal of %i columns the list is no wider, and in colours', async (columns) => {
  await using terminal = startInTerminal(['list', '--url', server.url], { columns });
  expect(await terminal.ended()).toBe(0);
  expect(terminal.raw).toContain('␛[36mru');
  for (const line of terminal.raw.split('\r\n')) {
    expect(stringWidth(line.replace(/␛\[\d+m/g, ''))).toBeLessThanOrEqual(columns);
  }
});

test('NO_COLOR takes the colours away on a terminal, FORCE_COLOR gives them to a pipe', async () => {
  await using terminal = startInTerminal(['list', '--url', server.url], { env: { NO_COLOR: '1' } });
  expect(await terminal.ended()).toBe(0);
  expect(terminal.raw).not.toContain('␛');
  expect((await run(['list'])).stdout).not.toContain('\u001b');
  expect((await run(['list'], { FORCE_COLOR: '1' })).stdout).toContain('\u001b[36mrunning');
});

test('show gives the details of a batch and why projects failed', async () => {
  const { code, stdout, stderr } = await run(['show', failing.batchId]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Failing \[2J\n/);
  for (const line of [
    `  id            ${failing.batchId}`,
    '  status        running',
    '  progress      33%',
    '  projects      1 of 3 completed, 1 waiting, 1 failed',
    '  model         gemini-1.5-flash',
    '  youtube       public, published at once, declared as made with AI',
    '  failure limit 5',
  ]) {
    expect(stdout).toContain(`${line}\n`);
  }
  expect(stdout).toMatch(
    /\n1 project failed:\nID +NAME .*\nproject_\S+ {2}Project 2 {2}failed +0% +1 {2}render: disk full\n$/,
  );
});

test('show lists every project if asked to, and takes a bare uuid', async () => {
  const uuid = failing.batchId.replace('batch_', '').toUpperCase();
  const { stdout } = await run(['show', uuid, '--projects', '--json']);
  const { batch, projects }: { batch: { id: string }; projects: { name: string; videoUrl: string | null }[] } =
    JSON.parse(stdout);
  expect(batch.id).toBe(failing.batchId);
  expect(projects).toMatchObject([
    { name: 'Project 1', videoUrl: '/library/x/video.mp4' },
    { name: 'Project 2', errorMessage: 'render: disk full' },
    { name: 'Project 3', videoUrl: null },
  ]);
});

test('a batch that does not exist is told with exit code 2', async () => {
  const { code, stdout, stderr } = await run(['show', '0192f0c1-2a3b-7c4d-8e5f-60718293a4b5']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe('There is no such batch: npm run showrunner -- list shows those that there are\n');
});
