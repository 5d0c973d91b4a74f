import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Cli, jsonLines, runCli, startCli, startInTerminal } from '../helpers/cli.ts';
import { openProxy } from '../helpers/proxy.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { makeScene } from './scene.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const watch = (batchId: string, args: string[] = [], url = server.url) =>
  startCli(['watch', batchId, ...args], { env: { SHOWRUNNER_URL: url } });

interface Event {
  cursor: string;
  batch: { status: string; completedProjects: number };
  changes: { to: string; project: { name: string } }[];
}

const eventsOf = ({ output }: Cli) => jsonLines<Event>(output.stdout);

/** Every change that was told of, in order. */
const changesOf = (events: Event[]) =>
  events.flatMap(({ changes }) => changes.map(({ to, project }) => `${project.name} ${to}`));

/** Each line that tells of a change, without the time. */
const linesOf = ({ output }: Cli) =>
  [...output.stdout.matchAll(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}(.+?) {2,}(.+)$/gm)].map(
    ([, to, what]) => `${to}: ${what}`,
  );

test('in a pipe every change is a line, the end says what to do next, and all done is exit code 0', async () => {
  const { batchId, move } = await makeScene(server, 2);
  await using cli = watch(batchId);
  await cli.said(/queued +Batch A batch/);
  for (const position of [0, 1]) {
    await move(position, 'RENDERING');
    await cli.said(new RegExp(`rendering +Project ${position + 1}\\n`));
    await move(position, 'COMPLETED');
    await cli.said(new RegExp(`completed +Project ${position + 1}\\n`));
  }
  const { code, stdout, stderr } = await cli.ended();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(new RegExp(`^Watching 'A batch' \\(${batchId}\\) with 2 projects\\.\\n`));
  expect(linesOf(cli)).toEqual([
    'queued: Batch A batch: 0 of 2 completed, 2 waiting',
    'rendering: Project 1',
    'running: Batch A batch: 0 of 2 completed, 1 running, 1 waiting',
    'completed: Project 1',
    'rendering: Project 2',
    'completed: Project 2',
    'completed: Batch A batch: 2 of 2 completed',
  ]);
  expect(stdout).toMatch(/\nAll 2 videos are made in \d+ s\.\nDownload them: npm run showrunner -- download batch_/);
  expect(stdout).not.toContain('\u001b');
});

test('failed projects are named with the reason, and make exit code 1', async () => {
  const { batchId, move } = await makeScene(server, 2);
  await move(0, 'COMPLETED');
  await move(1, 'FAILED', { error_message: 'render: disk full\nreally' });
  const { code, stdout, stderr } = await runCli(['watch', batchId, '--url', server.url]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(stdout).toContain('1 of 2 videos made');
  expect(stdout).toContain('; 1 failed.\n  Project 2: render: disk full really\n');
  expect(stdout).toContain(`Try again:     npm run showrunner -- retry ${batchId}\n`);
});

test('a cancelled batch is exit code 1', async () => {
  const { batchId } = await makeScene(server, 2);
  expect((await runCli(['cancel', batchId, '--yes', '--url', server.url])).code).toBe(0);
  const { code, stdout } = await runCli(['watch', batchId, '--url', server.url]);
  expect(code).toBe(1);
  expect(stdout).toContain('0 of 2 videos made; 2 cancelled.\n');
});

test('with --json every event is a line, and --after goes on from its cursor', async () => {
  const { batchId, move } = await makeScene(server, 1);
  await using cli = watch(batchId, ['--json']);
  await cli.said(/"QUEUED".*\n/);
  await move(0, 'RENDERING');
  await cli.said(/"RENDERING".*\n/);
  cli.kill('SIGTERM');
  expect(await cli.ended()).toMatchObject({ code: 143, stderr: '' });
  const [, last] = eventsOf(cli);
  await move(0, 'RENDERED');
  await move(0, 'COMPLETED');
  await using again = watch(batchId, ['--json', '--after', String(last?.cursor)]);
  expect(await again.ended()).toMatchObject({ code: 0, stderr: '' });
  expect(changesOf(eventsOf(again))).toEqual(['Project 1 RENDERED', 'Project 1 COMPLETED']);
  expect(eventsOf(again).at(-1)?.batch.status).toBe('COMPLETED');
});

test('a lost connection is taken up again: nothing is missing, nothing comes twice, and both are said once', async () => {
  const { batchId, move } = await makeScene(server, 3);
  await using proxy = await openProxy(server.url);
  await using cli = watch(batchId, ['--json'], proxy.url);
  await cli.said(/"QUEUED".*\n/);
  await move(0, 'RENDERING');
  await cli.said(/"RENDERING".*\n/);
  proxy.cut();
  await cli.said(/^Connection lost/);
  await move(0, 'COMPLETED');
  await move(1, 'RENDERING');
  await move(1, 'COMPLETED');
  proxy.mend();
  await cli.said(/Connected again/);
  await move(2, 'COMPLETED');
  const { code, stderr } = await cli.ended();
  expect(code).toBe(0);
  expect(stderr).toBe(
    'Connection lost: reconnecting (Ctrl-C ends the watching, not the work)\nConnected again: nothing was missed\n',
  );
  expect(changesOf(eventsOf(cli))).toEqual([
    'Project 1 RENDERING',
    'Project 1 COMPLETED',
    'Project 2 RENDERING',
    'Project 2 COMPLETED',
    'Project 3 COMPLETED',
  ]);
});

test.each([
  ['are refused', undefined],
  ['are closed at once', (socket: WebSocket) => socket.close(4400, 'no')],
])('where requests get through and WebSockets %s, that is said, with exit code 3', async (_how, onSocket) => {
  const { batchId } = await makeScene(server, 1);
  const proxy = createHttpServer(async (request, response) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: await text(request) };
    const answer = await fetch(`${server.url}/graphql`, init);
    response.setHeader('content-type', 'application/json').end(await answer.text());
  });
  using _sockets = takeSockets(proxy, onSocket);
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  await using cli = watch(batchId, [], url);
  const { code, stderr } = await cli.ended();
  expect(code).toBe(3);
  expect(stderr).toBe(`No WebSocket can be opened at ${url}/graphql: a proxy in between has to let them through\n`);
});

/** Takes the WebSockets of a server, where there is something to do with them. */
function takeSockets(server: HttpServer, onSocket: ((socket: WebSocket) => void) | undefined): Disposable {
  const sockets = onSocket && new WebSocketServer({ server }).on('connection', onSocket);
  return {
    [Symbol.dispose]() {
      sockets?.close();
      server.close();
    },
  };
}

/** How many rows each frame of progress bars has had: the cursor goes up so far, less one, to draw the next. */
const frameRows = (raw: string) => [...raw.matchAll(/␛\[(\d+)A/g)].map(([, up]) => Number(up) + 1);

test('a terminal shows the batch and as many of its projects as it has lines, in colours', async () => {
  const { batchId, move } = await makeScene(server, 150);
  await using terminal = startInTerminal(['watch', batchId, '--url', server.url], { columns: 70, rows: 12 });
  await terminal.shown(/0 of 150 completed, 150 waiting/);
  for (const position of Array.from({ length: 12 }, (_, index) => index)) {
    await move(position, 'RENDERING');
  }
  await move(3, 'FAILED', { error_message: 'render: disk full' });
  await terminal.shown(/ 6% {2}\S.*0 of 150 completed, 11 running/);
  await terminal.shown(/␛\[36mrendering +␛\[39mProject 11␛/);
  await expect.poll(() => frameRows(terminal.raw).at(-1)).toBe(11);
  terminal.resize(70, 6);
  await move(0, 'COMPLETED');
  await terminal.shown(/1 of 150 completed/);
  await expect.poll(() => frameRows(terminal.raw).at(-1)).toBe(5);
  expect(Math.max(...frameRows(terminal.raw))).toBe(11);
  terminal.type('\u0003');
  expect(await terminal.ended()).toBe(130);
  expectClean(terminal.raw);
});

/** The cursor is shown again, and lines are wrapped. */
function expectClean(raw: string): void {
  expect(raw).toContain('␛[?25l');
  expect(raw.lastIndexOf('␛[?25h')).toBeGreaterThan(raw.lastIndexOf('␛[?25l'));
  expect(raw.lastIndexOf('␛[?7h')).toBeGreaterThan(raw.lastIndexOf('␛[?7l'));
}

test('a terminal shows a whole small batch in its order until it ends', async () => {
  const { batchId, move } = await makeScene(server, 2);
  await using terminal = startInTerminal(['watch', batchId, '--url', server.url], { env: { NO_COLOR: '1' } });
  await terminal.shown(/waiting +Project 1/);
  await move(1, 'COMPLETED');
  await terminal.shown(/completed +Project 2/);
  await move(0, 'FAILED', { error_message: 'script: no' });
  expect(await terminal.ended()).toBe(1);
  expectClean(terminal.raw);
  expect(terminal.raw).toMatch(/failed +Project 1: script: no\r\n.*completed +Project 2\r\n\r\n1 of 2 videos made/);
  expect(terminal.raw).not.toMatch(/␛\[\d+m/);
});

test('on a terminal of ten columns no row is longer', async () => {
  const { batchId, move } = await makeScene(server, 2);
  await using terminal = startInTerminal(['watch', batchId, '--url', server.url], { columns: 10 });
  await terminal.shown(/0% .*…/);
  await move(0, 'COMPLETED');
  await move(1, 'COMPLETED');
  expect(await terminal.ended()).toBe(0);
  const rows = terminal.raw
    .split(/[\r\n]+|␛\[[\d;?]*[A-Za-z]/)
    .map((row) => row.replaceAll(/␛\[[\d;]*m/g, ''))
    .filter((row) => /\d%/.test(row));
  expect(rows).not.toEqual([]);
  expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(10);
});

test('a cursor that is none of the batch is refused before anything is watched', async () => {
  const { batchId } = await makeScene(server, 1);
  const { code, stdout, stderr } = await runCli(['watch', batchId, '--after', 'zzz', '--url', server.url]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe("--after: expected the cursor of an event of this batch, as watch --json tells it, got 'zzz'\n");
});
