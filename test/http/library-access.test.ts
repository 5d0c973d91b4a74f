import { mkdir, rename, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSigningKey } from '../../src/database/signing-key.ts';
import { graphql } from '../../src/generated/gql/index.ts';
import { LibraryGrants } from '../../src/http/library-grants.ts';
import { inputOf, makeBatch } from '../graphql/scene.ts';
import { createTestFolder } from '../helpers/process.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { entriesOf, type TestToken, tokenOf } from '../helpers/tokens.ts';

const ada = tokenOf('ada', 'operator');
const adaReads = tokenOf('ada', 'viewer');
const bob = tokenOf('bob', 'operator');
const boss = tokenOf('boss', 'admin');
const stranger = tokenOf('mallory', 'admin');
const FILES = graphql(`
  query LibraryFiles($id: ID!) {
    project(id: $id) {
      videoUrl
      thumbnailUrl
      captionsUrl
    }
  }
`);

const NOWHERE = '0192f7a4-5c1e-7d3a-9b1f-2f6d8e4c1a01';

let server: TestServer;
/** Two projects of Ada's and one of Bob's, each with its files. */
let project: string;
let other: string;
let his: string;
beforeAll(async () => {
  server = await startTestServer({ tokens: entriesOf(ada, adaReads, bob, boss) });
  [project = '', other = ''] = (await makeBatch(server, inputOf(2), ada.headers)).projects.map(({ uuid }) => uuid);
  [his = ''] = (await makeBatch(server, inputOf(1), bob.headers)).projects.map(({ uuid }) => uuid);
  await Promise.all([project, other, his].map((uuid) => publish(server, uuid)));
});
afterAll(() => server[Symbol.asyncDispose]());

/** Puts the files of a project where they are when it is done. */
async function publish({ libraryDir, testDatabase }: TestServer, uuid: string): Promise<void> {
  await mkdir(join(libraryDir, uuid));
  await writeFile(join(libraryDir, uuid, 'video.mp4'), '0123456789');
  await writeFile(join(libraryDir, uuid, 'captions.vtt'), 'WEBVTT\n');
  await writeFile(join(libraryDir, uuid, '.hidden'), 'hidden');
  const url = `/library/${uuid}`;
  await testDatabase.sql('UPDATE projects SET video_url = $2, thumbnail_url = $3, captions_url = $4 WHERE id = $1', [
    uuid,
    `${url}/video.mp4`,
    'https://pictures.example.com/thumbnail.jpg',
    `${url}/captions.vtt`,
  ]);
}

/** Where a caller is told that the files of a project are. */
async function filesOf(to: TestServer, uuid: string, { headers }: TestToken) {
  const { data } = await to.query(FILES, { id: `project_${uuid}` }, headers);
  return data?.project;
}

const videoOf = async (to: TestServer, uuid: string, token: TestToken) =>
  String((await filesOf(to, uuid, token))?.videoUrl);

const get = (to: TestServer, path: string, headers: Record<string, string> = {}) =>
  fetch(`${to.url}${path}`, { headers });

/** What is told, and nothing that differs with each request. */
async function told(answer: Response) {
  const headers = Object.fromEntries(answer.headers);
  return { status: answer.status, body: await answer.text(), headers: { ...headers, date: '', 'x-request-id': '' } };
}

const NOT_FOUND = { status: 404, body: '{"error":"not found"}' };

/** As fetch tidies up paths before it sends them. */
async function getRaw(path: string, headers: Record<string, string> = {}) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ host: '127.0.0.1', port: server.http.port, path, headers }, resolve).on('error', reject).end();
  });
  return { status: response.statusCode, body: await text(response) };
}

describe('an address that was signed', () => {
  test('is given to whoever may see the project, and stays the same', async () => {
    const files = await filesOf(server, project, ada);
    expect(files).toEqual({
      videoUrl: expect.stringMatching(`^/library/${project}/video\\.mp4\\?by=\\w+&until=\\d+&sig=[\\w-]+$`),
      thumbnailUrl: 'https://pictures.example.com/thumbnail.jpg',
      captionsUrl: expect.stringMatching(`^/library/${project}/captions\\.vtt\\?by=`),
    });
    expect(await filesOf(server, project, ada)).toEqual(files);
    expect(await videoOf(server, project, adaReads)).not.toBe(files?.videoUrl);
    expect(await filesOf(server, project, bob)).toBeNull();
  });

  test('is served without a token, whole and in parts, and kept by no cache that others share', async () => {
    const { videoUrl, captionsUrl } = (await filesOf(server, project, adaReads)) ?? {};
    const whole = await get(server, String(videoUrl));
    expect([whole.status, await whole.text()]).toEqual([200, '0123456789']);
    expect(whole.headers.get('cache-control')).toBe('private, max-age=3600');
    expect(whole.headers.get('vary')).toMatch(/authorization/i);
    expect(whole.headers.get('content-type')).toBe('video/mp4');
    const part = await get(server, String(videoUrl), { range: 'bytes=2-4' });
    expect([part.status, await part.text()]).toEqual([206, '234']);
    const again = await getRaw(String(videoUrl), { 'if-none-match': String(whole.headers.get('etag')) });
    expect(again.status).toBe(304);
    const head = await fetch(`${server.url}${videoUrl}`, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe('10');
    expect(await (await get(server, String(captionsUrl))).text()).toBe('WEBVTT\n');
  });

  test('is not found where it was changed, or is put to another project', async () => {
    const url = await videoOf(server, project, ada);
    const missing = await told(await get(server, url.replace(project, NOWHERE)));
    expect(missing).toMatchObject(NOT_FOUND);
    for (const changed of [
      url.replace(project, other),
      url.replace(project, his),
      url.replace(/by=./, 'by=_'),
      url.replace(/until=(\d+)/, 'until=9$1'),
      url.replace(/sig=.{4}/, 'sig=AAAA'),
      url.replace(/by=\w+&/, ''),
    ]) {
      expect([changed, await told(await get(server, changed))]).toEqual([changed, missing]);
    }
  });

  test('leads to no other file than those of its project', async () => {
    const [path = '', query = ''] = (await videoOf(server, his, bob)).split('?');
    expect((await getRaw(`${path}?${query}`)).status).toBe(200);
    for (const headers of [{}, bob.headers]) {
      for (const trick of [
        `/library/${his}/../${project}/video.mp4`,
        `/library/${his}/%2e%2e/${project}/video.mp4`,
        `/library/${his}/..%2f${project}/video.mp4`,
        `/library/${his}%2f..%2f${project}/video.mp4`,
        `/library/./${project}/video.mp4`,
        `/library//${project}/video.mp4`,
        `/library/${project.toUpperCase()}/video.mp4`,
        `/library/${project}/video.mp4`,
        `/library/${project}/video.mp4/`,
        `/library/${his}/.hidden`,
        `/library/${his}`,
        `/library/${his}/`,
        '/library/',
        '/library',
      ]) {
        expect([trick, await getRaw(`${trick}?${query}`, headers)]).toEqual([trick, NOT_FOUND]);
      }
    }
  });

  test('is not found once its time is over, but with a token it is', async () => {
    const url = await videoOf(server, project, ada);
    const key = await readSigningKey(server.testDatabase.database);
    const until = Number(new URLSearchParams(url.split('?')[1]).get('until')) * 1000;
    let now = until - 1;
    await using later = await startTestServer({
      testDatabase: server.testDatabase,
      tokens: entriesOf(ada),
      http: { libraryDir: server.libraryDir, libraryGrants: new LibraryGrants(key, () => now) },
    });
    expect((await get(later, url)).status).toBe(200);
    now = until;
    expect(await told(await get(later, url))).toMatchObject(NOT_FOUND);
    expect((await get(later, url, ada.headers)).status).toBe(200);
  });

  test('holds in every process of the database, and in none of another', async () => {
    const url = await videoOf(server, project, ada);
    const http = { libraryDir: server.libraryDir };
    await using another = await startTestServer({
      testDatabase: server.testDatabase,
      tokens: entriesOf(ada),
      http,
    });
    expect((await get(another, url)).status).toBe(200);
    await using foreign = await startTestServer({ tokens: entriesOf(ada), http });
    expect(await told(await get(foreign, url))).toMatchObject(NOT_FOUND);
  });

  test('is not found once its token is taken back, while those of others hold', async () => {
    await using folder = await createTestFolder();
    const tokens = join(folder.path, 'tokens');
    await writeFile(tokens, entriesOf(ada, adaReads));
    await using revoking = await startTestServer({
      testDatabase: server.testDatabase,
      tokens,
      http: { libraryDir: server.libraryDir },
    });
    const [revoked, kept] = [await videoOf(revoking, project, ada), await videoOf(revoking, project, adaReads)];
    expect((await get(revoking, revoked)).status).toBe(200);
    await writeFile(`${tokens}.new`, entriesOf(adaReads));
    await rename(`${tokens}.new`, tokens);
    await expect.poll(async () => (await get(revoking, revoked)).status, { timeout: 15_000 }).toBe(404);
    expect((await get(revoking, kept)).status).toBe(200);
    expect((await get(revoking, revoked, ada.headers)).status).toBe(401);
    expect((await get(revoking, revoked, adaReads.headers)).status).toBe(200);
  });

  test('does not get into the log', async () => {
    const url = await videoOf(server, project, ada);
    await (await get(server, url, { 'x-request-id': 'signed-1' })).text();
    await get(server, url.replace('sig=', 'sig=x'), { 'x-request-id': 'signed-2' });
    const line = await server.logged(({ requestId }) => requestId === 'signed-1');
    expect(line).toMatchObject({ path: `/library/${project}/video.mp4`, status: 200 });
    await server.logged(({ requestId }) => requestId === 'signed-2');
    const { sig = '' } = Object.fromEntries(new URLSearchParams(url.split('?')[1]));
    expect(JSON.stringify(server.log)).not.toContain(sig);
  });
});

describe('a file that is asked for with a token', () => {
  const path = (uuid: string) => `/library/${uuid}/video.mp4`;

  test('is served to whoever may see its project', async () => {
    for (const token of [ada, adaReads, boss]) {
      const answer = await get(server, path(project), token.headers);
      expect([answer.status, await answer.text()]).toEqual([200, '0123456789']);
      expect(answer.headers.get('cache-control')).toBe('private, max-age=3600');
    }
  });

  test('is not found for all others, as one of a project that does not exist', async () => {
    const missing = await told(await get(server, path(NOWHERE), bob.headers));
    expect(missing).toMatchObject(NOT_FOUND);
    expect(await told(await get(server, path(project), bob.headers))).toEqual(missing);
    expect(await told(await get(server, `/library/${project}/none.mp4`, ada.headers))).toEqual(missing);
    expect(await told(await get(server, path(NOWHERE), boss.headers))).toEqual(missing);
  });

  test('is refused without one, or with one that is not taken, whether it is there or not', async () => {
    for (const [headers, challenge] of [
      [{}, 'Bearer'],
      [stranger.headers, 'Bearer error="invalid_token"'],
      [{ authorization: 'Basic YWRhOnBhc3M=' }, 'Bearer error="invalid_token"'],
    ] as const) {
      const missing = await told(await get(server, path(NOWHERE), headers));
      expect(missing).toMatchObject({ status: 401, headers: { 'www-authenticate': challenge } });
      expect(JSON.parse(missing.body)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
      for (const wanted of [path(project), `/library/${project}`, '/library/', `${path(project)}?by=x&until=1`]) {
        expect([wanted, await told(await get(server, wanted, headers))]).toEqual([wanted, missing]);
      }
    }
  });

  test('is not written', async () => {
    const answer = await fetch(server.url + path(project), { method: 'DELETE', headers: ada.headers });
    expect(answer.status).toBe(405);
  });

  test('is 503 while it can not be told whose it is', async () => {
    await using away = await startTestServer({
      tokens: entriesOf(ada),
      services: { isUnavailable: (error) => error instanceof Error && error.message === 'away' },
      http: { libraryDir: server.libraryDir, findOwner: () => Promise.reject(new Error('away')) },
    });
    const answer = await get(away, path(project), ada.headers);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] });
    await away.logged(({ level, msg }) => level === 40 && msg === 'the database is away');
  });
});

test('a service that asks nobody who they are signs nothing, and serves to all', async () => {
  await using open = await startTestServer();
  const [{ uuid = '' } = {}] = (await makeBatch(open, inputOf(1))).projects;
  await publish(open, uuid);
  const { data } = await open.query(FILES, { id: `project_${uuid}` });
  expect(data?.project).toMatchObject({
    videoUrl: `/library/${uuid}/video.mp4`,
    captionsUrl: `/library/${uuid}/captions.vtt`,
  });
  const answer = await get(open, `/library/${uuid}/video.mp4`);
  expect([answer.status, await answer.text()]).toEqual([200, '0123456789']);
  expect(answer.headers.get('cache-control')).toBe('public, max-age=3600');
});
