import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { downloadFile } from '../../src/cli/download-file.ts';
import { jsonLines, runCli, startCli, startInTerminal } from '../helpers/cli.ts';
import { createTestFolder } from '../helpers/process.ts';
import { openProxy } from '../helpers/proxy.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { complete, makeScene, type Scene } from './scene.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const download = (scene: Scene, to: string, args: string[] = [], url = server.url) => [
  ...['download', scene.batchId, '--to', to, '--url', url],
  ...args,
];

const partsIn = async (folder: string) => (await readdir(folder)).filter((name) => name.endsWith('.part'));

/** A batch of one project that is completed, with a video of so many bytes. */
async function oneVideo(bytes: number): Promise<{ scene: Scene; video: Buffer }> {
  const scene = await makeScene(server, 1);
  const video = randomBytes(bytes);
  await complete(server, scene, 0, { video });
  return { scene, video };
}

test('videos get the number and the name of their project, as file systems take it, and are whole', async () => {
  await using folder = await createTestFolder();
  const projects = ['../Why? "茶"/', 'x'.repeat(200)].map((name) => ({ name, content: 'a'.repeat(500) }));
  const scene = await makeScene(server, 2, { projects });
  const videos = [randomBytes(100_000), randomBytes(10)];
  for (const [position, video] of videos.entries()) {
    await complete(server, scene, position, { video, thumbnail: 'jpeg', captions: 'WEBVTT' });
  }
  const to = join(folder.path, 'new', 'videos');
  const { code, stdout, stderr } = await runCli(download(scene, to, ['--thumbnails', '--captions']));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const stems = ['01 .._Why_ _茶_', `02 ${'x'.repeat(120)}`];
  expect((await readdir(to)).sort()).toEqual(
    stems.flatMap((stem) => ['.jpg', '.mp4', '.vtt'].map((ending) => stem + ending)),
  );
  expect(await Promise.all(stems.map((stem) => readFile(join(to, `${stem}.mp4`))))).toEqual(videos);
  expect(stdout).toContain(`${join(to, `${stems[0]}.mp4`)}  100 kB\n`);
  expect(stdout).toContain(`6 files (100 kB) in ${to}.\n`);
});

test('what is there already is not downloaded again', async () => {
  await using folder = await createTestFolder();
  const { scene } = await oneVideo(1_000);
  await using proxy = await openProxy(server.url);
  expect(await runCli(download(scene, folder.path))).toMatchObject({ code: 0 });
  const { code, stdout } = await runCli(download(scene, folder.path, ['--json'], proxy.url));
  expect(code).toBe(0);
  expect(jsonLines(stdout)).toEqual([
    {
      projectId: `project_${scene.projectIds[0]}`,
      name: 'Project 1',
      url: `${proxy.url}/library/${scene.projectIds[0]}/video.mp4`,
      file: join(folder.path, '01 Project 1.mp4'),
      bytes: 1_000,
      fetched: false,
    },
  ]);
  expect(proxy.sent.join('')).not.toContain('GET /library');
});

test('another file of the same name stays, unless it may be replaced', async () => {
  await using folder = await createTestFolder();
  const { scene, video } = await oneVideo(1_000);
  const file = join(folder.path, '01 Project 1.mp4');
  await writeFile(file, 'mine');
  const refused = await runCli(download(scene, folder.path));
  expect(refused.code).toBe(1);
  expect(refused.stderr).toBe(`${file}: there is another file of that name; give another folder, or --overwrite\n`);
  expect(await readFile(file, 'utf8')).toBe('mine');
  expect(await runCli(download(scene, folder.path, ['--overwrite']))).toMatchObject({ code: 0, stderr: '' });
  expect(await readFile(file)).toEqual(video);
});

test('a download that was killed goes on where it stopped, and every byte is right', async () => {
  await using folder = await createTestFolder();
  const { scene, video } = await oneVideo(3_000_000);
  await using proxy = await openProxy(server.url);
  proxy.limit(1_000_000, 'stall');
  const stalled = proxy.limited();
  await using cli = startCli(download(scene, folder.path, [], proxy.url));
  await stalled;
  await expect.poll(() => partsIn(folder.path)).toHaveLength(1);
  const [part = ''] = await partsIn(folder.path);
  expect(part).toMatch(/^01 Project 1\.mp4\./);
  // What it has got it has not always written yet.
  await expect.poll(async () => (await readFile(join(folder.path, part))).length).toBeGreaterThan(500_000);
  cli.kill('SIGKILL');
  expect(await cli.ended()).toMatchObject({ code: 'SIGKILL' });
  const { length } = await readFile(join(folder.path, part));

  proxy.limit(undefined);
  expect(await runCli(download(scene, folder.path, [], proxy.url))).toMatchObject({ code: 0, stderr: '' });
  expect(proxy.sent.join('')).toContain(`range: bytes=${length}-`);
  expect(await readdir(folder.path)).toEqual(['01 Project 1.mp4']);
  expect(await readFile(join(folder.path, '01 Project 1.mp4'))).toEqual(video);
});

test('of two clients in one folder one downloads a file, and the other says so in one line', async () => {
  await using folder = await createTestFolder();
  const { scene, video } = await oneVideo(3_000_000);
  await using proxy = await openProxy(server.url);
  proxy.limit(1_000_000, 'stall');
  const stalled = proxy.limited();
  await using first = startCli(download(scene, folder.path, [], proxy.url));
  await stalled;
  await expect.poll(() => partsIn(folder.path)).toHaveLength(1);
  const file = join(folder.path, '01 Project 1.mp4');
  const second = await runCli(download(scene, folder.path));
  expect(second.code).toBe(1);
  expect(second.stderr).toBe(
    `${file}: another download writes it: left to that one (if there is none, remove ${file}.lock)\n`,
  );
  first.kill('SIGINT');
  expect(await first.ended()).toMatchObject({ code: 130 });
  expect(await partsIn(folder.path)).toEqual(await readdir(folder.path));
  expect(await runCli(download(scene, folder.path))).toMatchObject({ code: 0, stderr: '' });
  expect(await readFile(file)).toEqual(video);
});

test('of several clients that begin at once each ends in order, and the file is whole', async () => {
  await using folder = await createTestFolder();
  const { scene, video } = await oneVideo(20_000_000);
  const ends = await Promise.all([1, 2, 3].map(() => runCli(download(scene, folder.path))));
  const codes = ends.map(({ code }) => code);
  expect(codes).toContain(0);
  expect(codes.filter((code) => code !== 0 && code !== 1)).toEqual([]);
  expect(await readdir(folder.path)).toEqual(['01 Project 1.mp4']);
  expect(await readFile(join(folder.path, '01 Project 1.mp4'))).toEqual(video);
});

test('what something else has written to while it came never gets the name of a whole file', async () => {
  await using folder = await createTestFolder();
  let finish = () => {};
  const origin = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': 10, etag: '"one"' }).write('first');
    finish = () => void response.end('after');
  }).listen(0, '127.0.0.1');
  await once(origin, 'listening');
  const address = origin.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/video.mp4`;
  const file = join(folder.path, 'video.mp4');
  const downloaded = downloadFile({ service: { url }, url, file });
  const part = `${file}.%22one%22.part`;
  await expect.poll(() => readFile(part, 'utf8').catch(() => '')).toBe('first');
  await appendFile(part, 'something else');
  finish();
  await expect(downloaded).rejects.toThrow(/something else has changed it from 10 to 19 bytes: run the command again/);
  expect(await readdir(folder.path)).toEqual([]);
  origin.close();
});

test('a folder of the name of a file stays, whatever may be replaced', async () => {
  await using folder = await createTestFolder();
  const { scene } = await oneVideo(1_000);
  const file = join(folder.path, '01 Project 1.mp4');
  await mkdir(file);
  for (const args of [[], ['--overwrite']]) {
    const { code, stderr } = await runCli(download(scene, folder.path, args));
    expect(code).toBe(1);
    expect(stderr).toBe(`${file}: there is a folder of that name: move it away, or give another folder with --to\n`);
  }
});

test('where nothing can be written the first file ends it, with exit code 2 and nothing left behind', async () => {
  await using folder = await createTestFolder();
  const scene = await makeScene(server, 4);
  for (const position of [0, 1, 2, 3]) {
    await complete(server, scene, position, { video: randomBytes(10) });
  }
  const limited = ['-c', 'ulimit -f 0; exec "$0" "$@"', process.execPath, resolve('src/cli/main.ts')];
  const ended = promisify(execFile)('sh', [...limited, ...download(scene, folder.path)]);
  await expect(ended).rejects.toMatchObject({
    code: 2,
    stdout: '',
    stderr: `${folder.path}: files may not get that large there: give another folder with --to\n`,
  });
  expect(await readdir(folder.path)).toEqual([]);
});

test('a connection that breaks in the middle, again and again, is taken up again', async () => {
  await using folder = await createTestFolder();
  const { scene, video } = await oneVideo(1_500_000);
  await using proxy = await openProxy(server.url);
  proxy.limit(700_000);
  expect(await runCli(download(scene, folder.path, [], proxy.url))).toMatchObject({ code: 0, stderr: '' });
  expect(proxy.sent.join('').match(/range: bytes=\d+-/g)?.length).toBeGreaterThanOrEqual(2);
  expect(await readFile(join(folder.path, '01 Project 1.mp4'))).toEqual(video);
});

test('a part of a video that was made anew is thrown away', async () => {
  await using folder = await createTestFolder();
  const { scene, video } = await oneVideo(2_000);
  const etag = encodeURIComponent('W/"7d0-18c0ffee"');
  await writeFile(join(folder.path, `01 Project 1.mp4.${etag}.part`), 'old'.repeat(100));
  expect(await runCli(download(scene, folder.path))).toMatchObject({ code: 0 });
  expect(await readdir(folder.path)).toEqual(['01 Project 1.mp4']);
  expect(await readFile(join(folder.path, '01 Project 1.mp4'))).toEqual(video);
});

test('a part that lacks only its name gets it', async () => {
  await using folder = await createTestFolder();
  const { scene, video } = await oneVideo(2_000);
  const { headers } = await fetch(`${server.url}/library/${scene.projectIds[0]}/video.mp4`, { method: 'HEAD' });
  const part = `01 Project 1.mp4.${encodeURIComponent(headers.get('etag') ?? '')}.part`;
  await writeFile(join(folder.path, part), video);
  expect(await runCli(download(scene, folder.path))).toMatchObject({ code: 0, stderr: '' });
  expect(await readdir(folder.path)).toEqual(['01 Project 1.mp4']);
  expect(await readFile(join(folder.path, '01 Project 1.mp4'))).toEqual(video);
});

test('projects without a video, and videos that are gone, are told, with exit code 1', async () => {
  await using folder = await createTestFolder();
  const scene = await makeScene(server, 4);
  await complete(server, scene, 0, { video: randomBytes(10) });
  await scene.move(1, 'COMPLETED', { video_url: '/library/gone/video.mp4' });
  await scene.move(2, 'FAILED');
  const { code, stdout, stderr } = await runCli(download(scene, folder.path));
  expect(code).toBe(1);
  expect(stderr).toBe(`${server.url}/library/gone/video.mp4: the service does not have it (404)\n`);
  expect(stdout).toContain(`1 file (10 bytes) in ${folder.path}, 1 could not be had.\n`);
  expect(stdout).toContain(`No video of 1 project, failed or cancelled: npm run showrunner -- show ${scene.batchId}\n`);
  expect(stdout).toContain('No video yet of 1 project: run the same command again later\n');
});

test('a folder that can not be made is refused with exit code 2', async () => {
  await using folder = await createTestFolder();
  const { scene } = await oneVideo(10);
  const file = join(folder.path, 'file');
  await writeFile(file, '');
  const { code, stderr } = await runCli(download(scene, file));
  expect(code).toBe(2);
  expect(stderr).toMatch(/^--to: expected a folder that you may write to, got '.*file' \(EEXIST.*\)\n$/);
});

test.runIf(process.platform === 'linux')(
  'a folder that has no place anywhere is refused, not tried for ever',
  async () => {
    const { scene } = await oneVideo(10);
    const { code, stderr } = await runCli(download(scene, '/proc/nowhere/videos'));
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^--to: expected a folder that you may write to, got '\/proc\/nowhere\/videos' \(ENOENT.*\)\n$/,
    );
  },
);

test('a service that goes away ends the download with exit code 3, and what is there is kept', async () => {
  await using folder = await createTestFolder();
  const { scene, video } = await oneVideo(3_000_000);
  await using proxy = await openProxy(server.url);
  proxy.limit(1_000_000);
  void proxy.limited().then(() => proxy.cut());
  const { code, stderr } = await runCli(download(scene, folder.path, [], proxy.url));
  expect(code).toBe(3);
  expect(stderr).toMatch(/^[^\n]+\n$/);
  proxy.mend();
  proxy.limit(undefined);
  expect(await runCli(download(scene, folder.path, [], proxy.url))).toMatchObject({ code: 0 });
  expect(await readFile(join(folder.path, '01 Project 1.mp4'))).toEqual(video);
});

test('a terminal shows bars for what is on its way, and Ctrl-C leaves it clean', async () => {
  await using folder = await createTestFolder();
  const { scene } = await oneVideo(3_000_000);
  await using proxy = await openProxy(server.url);
  proxy.limit(1_600_000, 'stall');
  await using terminal = startInTerminal(download(scene, folder.path, [], proxy.url));
  await terminal.shown(/█+░+ +5\d% {2}1\.\d MB of 3\.0 MB +01 Project 1\.mp4/);
  await terminal.shown(/0 of 1 files/);
  terminal.type('\u0003');
  expect(await terminal.ended()).toBe(130);
  expect(terminal.raw.lastIndexOf('␛[?25h')).toBeGreaterThan(terminal.raw.lastIndexOf('␛[?25l'));
});

test('a terminal is left with how much was downloaded, and with what could not be had', async () => {
  await using folder = await createTestFolder();
  const scene = await makeScene(server, 2);
  await complete(server, scene, 0, { video: randomBytes(2_000_000) });
  await scene.move(1, 'COMPLETED', { video_url: '/library/gone/video.mp4' });
  await using terminal = startInTerminal(download(scene, folder.path), { columns: 200 });
  expect(await terminal.ended()).toBe(1);
  expect(terminal.raw).toMatch(
    /100% {2}␛\[1m2 of 2 files · 2\.0 MB␛\[22m\r\n.*gone\/video\.mp4: the service does not have it/,
  );
  expect(terminal.raw).toContain(`1 file (2.0 MB) in ${folder.path}, 1 could not be had.`);
});
