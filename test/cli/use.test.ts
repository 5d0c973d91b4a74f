import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createNetServer, type Server } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { runCli, startCli } from '../helpers/cli.ts';

const BATCH = 'batch_0192f0c1-2a3b-7c4d-8e5f-60718293a4b5';
const COMMANDS = ['submit', 'watch', 'list', 'show', 'pause', 'resume', 'cancel', 'retry', 'download'];

test('help says what there is, and each command how it is used, every option described', async () => {
  const { code, stdout, stderr } = await runCli(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const command of COMMANDS) {
    expect(stdout).toMatch(new RegExp(`^  ${command} .*\\S`, 'm'));
  }
  const helps = await Promise.all(COMMANDS.map((command) => runCli([command, '--help'])));
  for (const help of helps) {
    expect(help.code).toBe(0);
    expect(help.stdout).toMatch(/^Examples:\n {2}npm run showrunner -- /m);
    expect(help.stdout).toContain('--url <url>');
    const options = help.stdout.split('\n').filter((line) => /^ {2}-/.test(line));
    expect(options.filter((line) => !/^ {2}-.*\S {2,}\S/.test(line))).toEqual([]);
  }
});

test('the version is that of the package', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8'));
  expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test.each([
  [['wach', BATCH], /unknown command 'wach' \(Did you mean watch\?\); see npm run showrunner -- --help/],
  [['help', 'nope'], /^unknown command 'nope'; see npm run showrunner -- --help\n$/],
  [['list', '--stauts', 'x'], /unknown option '--stauts' \(Did you mean --status\?\); see npm run showrunner -- list/],
  [['list', '--status', 'x'], /'x' is invalid. Expected one of queued, running, paused,/],
  [['list', '--limit', '0'], /'0' is invalid. Expected a whole number from 1/],
  [['list', '--url', 'http://me:secret@x'], /Expected an address without a user and password/],
  [['list', '--url', 'ftp://x'], /'ftp:\/\/x' is invalid. Expected an address such as http:/],
  [['watch'], /missing required argument 'batch'/],
  [['show', '7'], /'7' is invalid for argument 'batch'. Expected batch_<uuid> or <uuid>/],
  [['download', BATCH], /'-t, --to <folder>' not specified/],
  [['submit', 'x', '--publish-at', '2030-02-30T10:00'], /Expected a time such as 2030-01-31T18:00/],
  [['submit', 'x', '--privacy', 'secret'], /Expected one of private, unlisted, public/],
  [['cancel', BATCH], /nobody can answer here: give --yes/],
])('%j is refused with exit code 2 and one line that says what to do', async (args, line) => {
  const { code, stdout, stderr } = await runCli(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).toMatch(line);
});

test('without a command, help comes on standard error, with exit code 2', async () => {
  const { code, stdout, stderr } = await runCli([]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('Usage: npm run showrunner -- ');
});

test.each(['list', 'show', 'watch', 'pause', 'resume', 'retry'])(
  '%s says in one line that nothing answers, with exit code 3',
  async (command) => {
    const args = command === 'list' ? [command] : [command, BATCH];
    const { code, stdout, stderr } = await runCli(args, { env: { SHOWRUNNER_URL: 'http://127.0.0.1:9' } });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^No service answers at http:\/\/127\.0\.0\.1:9\/graphql .*--url\n$/);
  },
);

/** A server that answers everything like this. */
async function serve(status: number, type: string | undefined, body: string) {
  const server = createServer((_request, response) => {
    response.writeHead(status, type === undefined ? {} : { 'content-type': type }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: urlOf(server), [Symbol.dispose]: () => void server.close() };
}

function urlOf(server: Server, protocol = 'http'): string {
  const address = server.address();
  return `${protocol}://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/graphql`;
}

const JSON_TYPE = 'application/json; charset=utf-8';

test.each<[body: string, type: string | undefined]>([
  ['<h1>Hello</h1>', undefined],
  ['', JSON_TYPE],
  ['{oops', JSON_TYPE],
  ['null', JSON_TYPE],
  ['{"data":{"foo":1}}', JSON_TYPE],
  ['{"data":{"batches":null}}', JSON_TYPE],
  ['{"data":{"batches":{}}}', JSON_TYPE],
  ['{"errors":"nope"}', JSON_TYPE],
  ['{"errors":[null]}', JSON_TYPE],
  ['{"errors":[]}', JSON_TYPE],
])('what answers with %j is no Showrunner API, with exit code 3', async (body, type) => {
  using other = await serve(200, type, body);
  const { code, stdout, stderr } = await runCli(['list', '--url', other.url]);
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toBe(
    `${other.url} is no Showrunner API (it answered 200, ${type ?? 'no content type'}): name the right address with --url\n`,
  );
});

test.each([
  [500, '{"error":"boom\\u001b[2J"}', / has failed \(500: \{"error":"boom\\u001b\[2J"\}\): .*try again later\n$/],
  [500, '{"errors":[{"message":"bo\\u001b[2J\\nom"}]}', / has failed \(500: bo \[2J om\): .*try again later\n$/],
  [503, '{"status":"starting"}', / is away \(503: \{"status":"starting"\}\): try again in a moment\n$/],
  [
    429,
    '{"errors":[{"message":"too many","extensions":{"code":"RATE_LIMITED"}}]}',
    / takes no more for the moment \(too many\): try again soon\n$/,
  ],
  [401, '{"message":"who?"}', / does not let this client in \(401: \{"message":"who\?"\}\): name the right address/],
])('a service that answers %i with JSON is told with what it said, with exit code 3', async (status, body, line) => {
  using other = await serve(status, JSON_TYPE, body);
  const { code, stderr } = await runCli(['list', '--url', other.url]);
  expect(code).toBe(3);
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).toMatch(line);
});

test('what a service says of an error can not write over the terminal, or start a line', async () => {
  using other = await serve(200, JSON_TYPE, '{"errors":[{"message":"no\\u001b[2J\\nway"}]}');
  const { code, stderr } = await runCli(['list', '--url', other.url]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: 'no [2J way\n' });
});

test.each([
  ['http', 'SSH-2.0-OpenSSH_9\r\n', 'it speaks no HTTP'],
  ['https', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'it speaks no TLS'],
  ['http', '', 'other side closed'],
])('an address that begins with %s where something else answers is asked about', async (protocol, said, got) => {
  const server = createNetServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(said));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = urlOf(server, protocol);
  const { code, stderr } = await runCli(['list', '--url', url]);
  server.close();
  expect(code).toBe(3);
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).toContain(`No HTTP answer from ${url} (${got}): is the address right (http or https)?`);
});

test('a reader that wants no more ends it quietly', async () => {
  await using cli = startCli(['--help']);
  cli.stopReading();
  const { code, stderr } = await cli.ended();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('help of a command is the same, asked for either way', async () => {
  const [help, option] = await Promise.all([runCli(['help', 'list']), runCli(['list', '--help'])]);
  expect(help).toEqual(option);
  expect((await runCli(['help'])).stdout).toBe((await runCli(['--help'])).stdout);
});

test('that standard output can not be written is said', async () => {
  const main = resolve('src/cli/main.ts');
  const ended = promisify(execFile)('sh', ['-c', '"$0" "$@" > /dev/full', process.execPath, main, '--help']);
  await expect(ended).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^Standard output can't be written \(ENOSPC.*\): send it somewhere else\n$/),
  });
});
