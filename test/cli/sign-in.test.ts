import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inputOf, makeBatch, textOf, updateProject } from '../graphql/scene.ts';
import { runCli, startCli, startInTerminal } from '../helpers/cli.ts';
import { createTestFolder } from '../helpers/process.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { entriesOf, tokenOf } from '../helpers/tokens.ts';

const alice = tokenOf('alice', 'operator');
const bob = tokenOf('bob', 'operator');
const victor = tokenOf('alice', 'viewer');
const stranger = tokenOf('mallory', 'admin');

let folder: Awaited<ReturnType<typeof createTestFolder>>;
let server: TestServer;
beforeAll(async () => {
  folder = await createTestFolder();
  server = await startTestServer({ tokens: entriesOf(alice, bob, victor) });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const envOf = (token?: string, url = server.url) => ({
  SHOWRUNNER_URL: url,
  ...(token !== undefined && { SHOWRUNNER_TOKEN: token }),
});

/** A file of this test's own with this content. */
async function fileOf(content: string | Buffer): Promise<string> {
  const path = join(folder.path, randomBytes(8).toString('hex'));
  await writeFile(path, content);
  return path;
}

/** A server of a test's own, of which the headers that come are told. */
async function serve(listener: RequestListener) {
  const seen: IncomingHttpHeaders[] = [];
  const other = createServer((request, response) => {
    seen.push(request.headers);
    listener(request, response);
  }).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : '';
  return { seen, port, url: `http://127.0.0.1:${port}`, [Symbol.dispose]: () => void other.close() };
}

const LIST_ANSWER = JSON.stringify({
  data: { batches: { totalCount: 0, edges: [], nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } },
});

test('with the token of the environment everything works that works without one', async () => {
  const texts = join(folder.path, 'texts');
  await mkdir(texts);
  await writeFile(join(texts, 'one.txt'), textOf(500));
  const env = envOf(alice.token);
  const submitted = await runCli(['submit', texts, '--json'], { env });
  expect({ code: submitted.code, stderr: submitted.stderr }).toEqual({ code: 0, stderr: '' });
  const { id } = JSON.parse(submitted.stdout).batch;
  for (const command of ['show', 'pause', 'resume']) {
    expect(await runCli([command, id], { env })).toMatchObject({ code: 0, stderr: '' });
  }
  await using watching = startCli(['watch', id], { env });
  await watching.said(/^Watching /m);
  expect(await runCli(['cancel', id, '--yes'], { env })).toMatchObject({ code: 0, stderr: '' });
  expect(await watching.ended()).toMatchObject({ code: 1, stderr: '' });
  const listed = await runCli(['list', '--search', 'texts'], { env: envOf(bob.token) });
  expect(listed).toEqual({ code: 0, stdout: 'No batch is like that.\n', stderr: '' });
});

test('the token of a file goes before that of the environment, whatever ends its line', async () => {
  const contents = [alice.token, `${alice.token}\n`, `\ufeff${alice.token}\r\n`];
  const files = await Promise.all(contents.map(fileOf));
  const ended = await Promise.all(
    files.map((file) => runCli(['list', '--token-file', file], { env: envOf(stranger.token) })),
  );
  expect(ended).toMatchObject(contents.map(() => ({ code: 0, stderr: '' })));
});

test('a token comes from standard input, or from whatever a shell makes a file of, and never stands among the arguments', async () => {
  const cli = `'${process.execPath}' src/cli/main.ts list`;
  for (const command of [`echo "$TOKEN" | ${cli} --token-file -`, `${cli} --token-file <(echo "$TOKEN")`]) {
    const run = promisify(execFile)('bash', ['--norc', '-c', command], {
      env: { PATH: process.env['PATH'], TOKEN: alice.token, SHOWRUNNER_URL: server.url },
    });
    expect((await run).stderr).toBe('');
  }
  const { code, stderr } = await runCli(['list', '--token', alice.token], { env: envOf() });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^unknown option '--token'[; ].*\n$/);
});

test('a terminal, which would show the token, is not read from', async () => {
  await using cli = startInTerminal(['list', '--token-file', '-'], { columns: 200, env: envOf() });
  await cli.shown(/--token-file -: expected a token from a pipe, got a terminal/);
  expect(await cli.ended()).toBe(2);
});

const NEEDED = () => `The service at ${server.url}/graphql wants a token: set SHOWRUNNER_TOKEN, or give --token-file\n`;
const REFUSED = (source: string, url = server.url) =>
  `The service at ${url}/graphql does not take the token of ${source}: it is wrong, has expired or was revoked\n`;

const BATCH = 'batch_0192f0c1-2a3b-7c4d-8e5f-60718293a4b5';

test.each([[['list']], [['watch', BATCH]], [['download', BATCH, '--to', '.']]])(
  'without a token %j says in one line that one is wanted, and with a wrong one that it is not taken, with exit code 2',
  async (args) => {
    const file = await fileOf(stranger.token);
    const [none, wrong] = await Promise.all([
      runCli(args, { env: envOf('') }),
      runCli([...args, '--token-file', file], { env: envOf() }),
    ]);
    expect(none).toEqual({ code: 2, stdout: '', stderr: NEEDED() });
    expect(wrong).toEqual({ code: 2, stdout: '', stderr: REFUSED('--token-file') });
  },
);

test('what takes another role is refused with the role that it takes', async () => {
  const batch = await makeBatch(server, inputOf(1), alice.headers);
  const env = envOf(victor.token);
  expect((await runCli(['show', batch.id], { env })).code).toBe(0);
  const { code, stdout, stderr } = await runCli(['pause', batch.id], { env });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^[^\n]*operator[^\n]*\n$/);
});

test("another's batch is no batch", async () => {
  const batch = await makeBatch(server, inputOf(1), alice.headers);
  const { code, stderr } = await runCli(['show', batch.id], { env: envOf(bob.token) });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^There is no such batch/) });
});

test.each([
  ['SHOWRUNNER_TOKEN', 'one two', 'a space at place 4'],
  ['SHOWRUNNER_TOKEN', 'srt_ü', 'U+00FC at place 5'],
  ['--token-file', 'srt_one\nsrt_two\n', 'a line break at place 8'],
  ['--token-file', 'srt_\u{1f600}', 'U+1F600 at place 5'],
  ['--token-file', 'ann:operator:sha256:00', 'U+003A at place 4'],
])('what can be no token is refused before anything is sent, and not shown: %s %j', async (source, token, got) => {
  using other = await serve((_request, response) => response.end());
  const { code, stdout, stderr } =
    source === '--token-file'
      ? await runCli(['list', source, await fileOf(token)], { env: envOf(undefined, other.url) })
      : await runCli(['list'], { env: envOf(token, other.url) });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe(`${source}: expected a token of letters, digits and -._~+/=, got ${got}\n`);
  expect(other.seen).toEqual([]);
});

test.each([
  [
    'is not there',
    () => join(folder.path, 'nothing'),
    /: expected a file that you may read, got '.*nothing' \(ENOENT\)\n$/,
  ],
  ['is a folder', () => folder.path, /: expected a file that you may read, got '.*' \(EISDIR\)\n$/],
  ['is empty', () => fileOf('\n'), /: expected a token, got nothing\n$/],
  ['never ends', () => '/dev/zero', /: expected a token of at most 8192 bytes, got more\n$/],
])('a file that %s is refused in one line', async (_what, path, line) => {
  const { code, stderr } = await runCli(['list', '--token-file', await path()], { env: envOf() });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^--token-file[^\n]+\n$/);
  expect(stderr).toMatch(line);
});

test('a watched batch whose token is taken back ends with a line that says so, and is not tried for ever', async () => {
  const file = await fileOf(entriesOf(alice, bob));
  await using own = await startTestServer({ tokens: file, http: { tokenCheckMs: 200 } });
  const batch = await makeBatch(own, inputOf(2), alice.headers);
  const env = envOf(alice.token, own.url);
  await using cli = startCli(['watch', batch.id], { env });
  await using json = startCli(['watch', batch.id, '--json'], { env });
  // What each says of its first event: what happens from then on is told, too.
  await Promise.all([cli.said(/ {2}Batch /), json.said(/"cursor"/)]);
  await updateProject(own, String(batch.projects[0]?.uuid), { status: 'COMPLETED' });
  await cli.said(/Project 1/);
  await writeFile(`${file}.new`, entriesOf(bob));
  await rename(`${file}.new`, file);
  for (const ended of [await cli.ended(), await json.ended()]) {
    expect(ended).toMatchObject({ code: 2, stderr: REFUSED('SHOWRUNNER_TOKEN', own.url) });
  }
});

test('a cursor is asked about with the token, too', async () => {
  const batch = await makeBatch(server, inputOf(1), alice.headers);
  const { code, stderr } = await runCli(['watch', batch.id, '--after', 'nothing'], { env: envOf(alice.token) });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^--after: expected the cursor/) });
});

test('videos come by their signed addresses, and the token goes to the service alone', async () => {
  const videos = join(folder.path, 'videos');
  const batch = await makeBatch(server, inputOf(2), alice.headers);
  const [ours, elsewhere] = batch.projects.map(({ uuid }) => uuid);
  using other = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': 'from elsewhere'.length }).end('from elsewhere');
  });
  const video = randomBytes(100_000);
  await mkdir(join(server.libraryDir, String(ours)));
  await writeFile(join(server.libraryDir, String(ours), 'video.mp4'), video);
  for (const [uuid, url] of [
    [ours, `/library/${ours}/video.mp4`],
    [elsewhere, `${other.url}/video.mp4`],
  ]) {
    await server.testDatabase.sql(`UPDATE projects SET status = 'COMPLETED', video_url = $2 WHERE id = $1`, [
      String(uuid),
      String(url),
    ]);
  }
  const args = ['download', batch.id, '--to', videos];
  const env = envOf(alice.token);
  expect(await runCli(args, { env })).toMatchObject({ code: 0, stderr: '' });
  expect((await readdir(videos)).sort()).toEqual(['01 Project 1.mp4', '02 Project 2.mp4']);
  expect(await readFile(join(videos, '01 Project 1.mp4'))).toEqual(video);
  expect(await readFile(join(videos, '02 Project 2.mp4'), 'utf8')).toBe('from elsewhere');
  expect(other.seen.length).toBeGreaterThan(0);
  expect(other.seen.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  const paths = server.log.map((line) => JSON.stringify(line)).join('\n');
  expect(paths).not.toContain(alice.token);

  const again = await runCli([...args, '--json'], { env });
  expect(again.code).toBe(0);
  expect(again.stdout).toMatch(/"url":"[^"]*\/library\/[^"]*\/video\.mp4\?by=[^"]*&until=\d+&sig=[^"]+"/);
});

test('a redirect to another origin gets no token, and that is said', async () => {
  using other = await serve((_request, response) => {
    response.writeHead(401, { 'www-authenticate': 'Bearer', 'content-type': 'application/json' }).end('{}');
  });
  using first = await serve((_request, response) => {
    response.writeHead(307, { location: `http://127.0.0.1:${other.port}/graphql` }).end();
  });
  const { code, stdout, stderr } = await runCli(['list'], { env: envOf(alice.token, first.url) });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe(
    `${first.url}/graphql leads to ${other.url}, which gets no token: name the right address with --url\n`,
  );
  expect(first.seen).toMatchObject([alice.headers]);
  expect(other.seen).toHaveLength(1);
  expect(other.seen[0]).not.toHaveProperty('authorization');
});

test('a token that goes unencrypted to another machine is warned of, once; on this machine it is not', async () => {
  using other = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(LIST_ANSWER);
  });
  // Reaches this machine all the same.
  const url = `http://0.0.0.0:${other.port}`;
  const warned = await runCli(['list'], { env: envOf(alice.token, url) });
  expect(warned).toMatchObject({
    code: 0,
    stderr: `The token goes to ${url} unencrypted, for all on the way to read: use https\n`,
  });
  expect(await runCli(['list'], { env: envOf(undefined, url) })).toMatchObject({ code: 0, stderr: '' });
  for (const host of ['127.0.0.1', 'localhost']) {
    const here = await runCli(['list'], { env: envOf(alice.token, `http://${host}:${other.port}`) });
    expect(here).toMatchObject({ code: 0, stderr: '' });
  }
  expect(other.seen.map(({ authorization }) => authorization)).toEqual([
    alice.headers.authorization,
    undefined,
    alice.headers.authorization,
    alice.headers.authorization,
  ]);
});

test('a proxy that wants a password is told apart from a service that wants a token', async () => {
  using proxy = await serve((_request, response) => {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="office"' }).end();
  });
  const { code, stderr } = await runCli(['list'], { env: envOf(undefined, proxy.url) });
  expect(code).toBe(3);
  expect(stderr).toMatch(/does not let this client in \(401\): name the right address/);
});

test('help says where a token comes from, and what it ends with without one', async () => {
  const { stdout } = await runCli(['--help']);
  expect(stdout).toMatch(/--token-file <path> +file with the token/);
  expect(stdout).toContain('SHOWRUNNER_TOKEN');
  expect(stdout).toMatch(/^ {2}2 {2}.*for want of a valid token$/m);
});
