import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const project = join(server.libraryDir, 'a-project');
  await mkdir(project);
  await writeFile(join(project, 'video.mp4'), '0123456789');
  await writeFile(join(project, 'thumbnail.jpg'), 'jpeg');
  await writeFile(join(project, 'captions.vtt'), 'WEBVTT');
  await writeFile(join(project, '.secret'), 'secret');
  await mkdir(join(server.libraryDir, '.staging'));
  await writeFile(join(server.libraryDir, '.staging', 'video.mp4'), 'half');
  await writeFile(join(server.libraryDir, '..', 'outside.txt'), 'outside');
  await symlink(join(project, 'video.mp4'), join(project, 'link.mp4'));
});
afterAll(() => server[Symbol.asyncDispose]());

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${server.url}/library/${path}`, { headers });

/** As fetch tidies up paths and headers before it sends them. */
async function getRaw(path: string, headers: Record<string, string> = {}) {
  const { port } = server.http;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers }, resolve).on('error', reject).end();
  });
  return { status: response.statusCode, body: await text(response) };
}

test.each([
  ['video.mp4', 'video/mp4'],
  ['thumbnail.jpg', 'image/jpeg'],
  ['captions.vtt', 'text/vtt; charset=utf-8'],
])('%s comes as %s', async (name, type) => {
  const response = await get(`a-project/${name}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe(type);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('cache-control')).toMatch(/max-age=\d+/);
  await response.text();
});

test('a part of a video is served', async () => {
  const response = await get('a-project/video.mp4', { range: 'bytes=2-4' });
  expect(response.status).toBe(206);
  expect(response.headers.get('content-range')).toBe('bytes 2-4/10');
  expect(await response.text()).toBe('234');
});

test('a part that is not there is refused', async () => {
  const response = await get('a-project/video.mp4', { range: 'bytes=50-' });
  expect(response.status).toBe(416);
  expect(response.headers.get('content-range')).toBe('bytes */10');
});

test('what a browser has already is not sent again', async () => {
  const etag = (await get('a-project/video.mp4')).headers.get('etag') ?? '';
  const again = await getRaw('/library/a-project/video.mp4', { 'if-none-match': etag });
  expect(again).toEqual({ status: 304, body: '' });
});

test.each([
  '/library/',
  '/library',
  '/library/a-project',
  '/library/a-project/',
  '/library/none/video.mp4',
  '/library/a-project/.secret',
  '/library/.staging/video.mp4',
  '/library/../outside.txt',
  '/library/%2e%2e/outside.txt',
  '/library/..%2foutside.txt',
  '/library/a-project/..%5c..%5c..%5coutside.txt',
  '/library//etc/passwd',
  '/library/%00',
  '/library/%zz',
])('%s is not found', async (path) => {
  const { status, body } = await getRaw(path);
  expect(status).toBe(404);
  expect(JSON.parse(body)).toEqual({ error: 'not found' });
});

test('nothing is written through it', async () => {
  const response = await fetch(`${server.url}/library/a-project/video.mp4`, { method: 'DELETE' });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('GET, HEAD');
});
