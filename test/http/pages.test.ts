import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestFolder } from '../helpers/process.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const PAGE = '<!doctype html><title>Dashboard</title>';
const SCRIPT = 'console.log("a script that is long enough to be worth compressing");'.repeat(40);

let folder: Awaited<ReturnType<typeof createTestFolder>>;
let dashboardDir: string;
let server: TestServer;
beforeAll(async () => {
  folder = await createTestFolder();
  dashboardDir = join(folder.path, 'dashboard');
  await mkdir(join(dashboardDir, 'assets'), { recursive: true });
  await writeFile(join(dashboardDir, 'index.html'), PAGE);
  await writeFile(join(dashboardDir, 'favicon.svg'), '<svg/>');
  await writeFile(join(dashboardDir, '.secret'), 'secret');
  await writeFile(join(dashboardDir, 'assets', 'main-abc123.js'), SCRIPT);
  await writeFile(join(dashboardDir, 'assets', 'main-abc123.js.gz'), gzipSync(SCRIPT));
  await writeFile(join(dashboardDir, 'assets', 'main-abc123.js.br'), brotliCompressSync(SCRIPT));
  await writeFile(join(dashboardDir, 'assets', 'small-abc123.css'), 'a{}');
  await writeFile(join(dashboardDir, 'assets', 'font-abc123.woff2'), 'font');
  await writeFile(join(folder.path, 'outside.txt'), 'outside');
  server = await startTestServer({ http: { dashboardDir } });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

interface Raw {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** As fetch tidies up paths, decodes bodies and adds headers. */
async function ask(path: string, headers: Record<string, string> = {}, method = 'GET', to = server): Promise<Raw> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ host: '127.0.0.1', port: to.http.port, path, headers, method }, resolve).on('error', reject).end();
  });
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
}

describe('the dashboard', () => {
  test.each([
    '/',
    '/index.html',
    '/new',
    '/batches/batch_0192f7a4-5c1e-7d3a-9b1f-2f6d8e4c1a01',
    '/?status=RUNNING&q=a.b',
  ])('is what a browser gets at %s', async (path) => {
    const { status, headers, body } = await ask(path, { accept: 'text/html' });
    expect([status, body.toString()]).toEqual([200, PAGE]);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-cache');
    expect(headers.etag).toBeDefined();
  });

  test('may load what the service has, and nothing else', async () => {
    for (const path of ['/', '/index.html', '/batches/x']) {
      const { headers } = await ask(path);
      expect(headers['content-security-policy']).toBe(
        [
          `default-src 'none'`,
          `script-src 'self'`,
          `style-src 'self'`,
          `img-src 'self' data:`,
          `media-src 'self'`,
          `font-src 'self'`,
          `connect-src 'self'`,
          `manifest-src 'self'`,
          `base-uri 'none'`,
          `form-action 'none'`,
          `require-trusted-types-for 'script'`,
          `frame-ancestors 'none'`,
        ].join('; '),
      );
    }
  });

  test('is asked for again each time, and sent only when it has changed', async () => {
    const index = join(dashboardDir, 'index.html');
    const { etag = '' } = (await ask('/')).headers;
    const again = await ask('/new', { 'if-none-match': etag });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    expect(again.headers['content-security-policy']).toContain(`script-src 'self'`);
    await utimes(index, new Date(), new Date(Date.now() + 60_000));
    expect((await ask('/', { 'if-none-match': etag })).status).toBe(200);
  });

  test('has files that are kept for good where their names hold a hash, and only there', async () => {
    const script = await ask('/assets/main-abc123.js');
    expect(script).toMatchObject({
      status: 200,
      headers: {
        'cache-control': 'public, max-age=31536000, immutable',
        'content-type': 'text/javascript; charset=utf-8',
        'x-content-type-options': 'nosniff',
      },
    });
    expect(script.body.toString()).toBe(SCRIPT);
    expect((await ask('/assets/font-abc123.woff2')).headers['content-type']).toBe('font/woff2');
    const icon = await ask('/favicon.svg');
    expect(icon.headers).toMatchObject({ 'cache-control': 'no-cache', 'content-type': 'image/svg+xml; charset=utf-8' });
    const { etag = '' } = icon.headers;
    expect((await ask('/favicon.svg', { 'if-none-match': etag })).status).toBe(304);
  });

  test('is sent without a body where only its head is asked for', async () => {
    for (const path of ['/', '/assets/main-abc123.js']) {
      const [get, head] = [await ask(path), await ask(path, {}, 'HEAD')];
      expect([head.status, head.body.length]).toEqual([200, 0]);
      expect(head.headers['content-length']).toBe(String(get.body.length));
      expect(head.headers.etag).toBe(get.headers.etag);
    }
  });

  test.each([
    ['br', 'br'],
    ['gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['br;q=0.0,gzip;q=0', undefined],
    ['deflate', undefined],
    ['', undefined],
  ])('is compressed for a client that takes %j as %s', async (accepted, encoding) => {
    const { headers, body } = await ask('/assets/main-abc123.js', { 'accept-encoding': accepted });
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(headers.vary).toBe('accept-encoding');
    const decode = { br: brotliDecompressSync, gzip: gunzipSync }[String(encoding)] ?? ((raw: Buffer) => raw);
    expect(decode(body).toString()).toBe(SCRIPT);
  });

  test('is sent as it is where the build has nothing compressed', async () => {
    const { headers, body } = await ask('/assets/small-abc123.css', { 'accept-encoding': 'br, gzip' });
    expect([headers['content-encoding'], body.toString()]).toEqual([undefined, 'a{}']);
  });

  test('is sent whole, whatever part is asked for', async () => {
    for (const range of ['bytes=5-2', 'bytes=0-3', 'bytes=999999-', 'bytes=-1']) {
      const { status, body } = await ask('/assets/main-abc123.js', { range });
      expect([status, body.length]).toEqual([200, SCRIPT.length]);
    }
  });

  test.each([
    '/assets/other-abc123.js',
    '/assets/',
    '/assets/batches',
    '/nothing.png',
    '/.secret',
    '/assets/../.secret',
    '/../outside.txt',
    '/assets/../../outside.txt',
    '/%2e%2e/outside.txt',
    '/..%2foutside.txt',
    '/assets/..%5c..%5coutside.txt',
    '/assets/%00.js',
    '/assets/%zz.js',
    `/${'a'.repeat(5_000)}.js`,
    '/graphql/deeper',
    '/health/batches',
    '/library/batches',
  ])('has no file at %s', async (path) => {
    const { status, headers, body } = await ask(path, { accept: 'text/html', 'accept-encoding': 'br' });
    expect([status, JSON.parse(body.toString())]).toEqual([404, { error: 'not found' }]);
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers['cache-control']).toBe('no-store');
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('is only read: %s is refused', async (method) => {
    for (const path of ['/', '/batches/x', '/assets/main-abc123.js', '/graphiql/x.js']) {
      const { status, headers } = await ask(path, {}, method);
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
    }
  });

  test('goes on after a file has vanished under it', async () => {
    const path = join(dashboardDir, 'assets', 'gone-abc123.js');
    await writeFile(path, SCRIPT);
    expect((await ask('/assets/gone-abc123.js')).status).toBe(200);
    await rm(path);
    expect((await ask('/assets/gone-abc123.js')).status).toBe(404);
    expect((await ask('/')).status).toBe(200);
  });

  test('says how it is built where it has not been, and is there once it is', async () => {
    const dir = join(folder.path, 'later');
    await using other = await startTestServer({ http: { dashboardDir: dir, graphiqlDir: dir } });
    for (const [path, name] of [
      ['/', 'The dashboard'],
      ['/batches/x', 'The dashboard'],
      ['/graphql', 'GraphiQL'],
    ] as const) {
      const { status, headers, body } = await ask(path, { accept: 'text/html' }, 'GET', other);
      expect([status, body.toString()]).toEqual([503, `${name} has not been built. Build it with: npm run build\n`]);
      expect(headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
    }
    expect(other.log.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^The dashboard has not/),
        expect.stringMatching(/^GraphiQL has not/),
      ]),
    );
    expect((await other.queryText('{ __typename }')).data).toEqual({ __typename: 'Query' });
    await mkdir(dir);
    await writeFile(join(dir, 'index.html'), PAGE);
    expect((await ask('/', {}, 'GET', other)).body.toString()).toBe(PAGE);
  });

  test('is not there where it is not to be served', async () => {
    await using other = await startTestServer({ http: { dashboardDir: undefined } });
    expect((await ask('/', {}, 'GET', other)).status).toBe(404);
  });
});

describe('every answer', () => {
  const COMMON = {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': expect.stringContaining('camera=()'),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };

  test.each(['/', '/assets/main-abc123.js', '/graphql?query={__typename}', '/health/live', '/library/x', '/x.js'])(
    'keeps browsers from guessing and from other sites: %s',
    async (path) => {
      const { headers } = await ask(path);
      expect(headers).toMatchObject(COMMON);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
    },
  );

  test.each(['/graphql?query={__typename}', '/health/ready', '/x.js', '/assets/main-abc123.js'])(
    'that is no page can do nothing: %s',
    async (path) => {
      const { headers } = await ask(path);
      expect(headers['content-security-policy']).toBe(`default-src 'none'; sandbox; frame-ancestors 'none'`);
    },
  );
});

describe('an address that is none', () => {
  test.each(['[', 'a b', ':x'])('by its host %j is a bad request, and no error of the server', async (host) => {
    for (const path of ['/graphql?query={__typename}', '/graphql', '/', '/health/live']) {
      const { status, body } = await ask(path, { host });
      expect(status).toBe(400);
      expect(body.toString()).not.toContain('at ');
    }
    expect(server.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });

  test.each(['*', 'http://elsewhere.example/'])('by its path %s is a bad request', async (path) => {
    expect((await ask(path, {}, 'OPTIONS')).status).toBe(400);
  });
});
