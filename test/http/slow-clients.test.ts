import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openConnection, subscribe } from '../conformance/raw-socket.ts';
import { WATCH } from '../graphql/documents.ts';
import { inputOf, makeBatch, textOf, updateProject } from '../graphql/scene.ts';
import { openProxy } from '../helpers/proxy.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** Much shorter than usual, but for a machine that has much to do. */
const TIMES = { headersMs: 2_000, requestMs: 3_000, stalledMs: 1_000, checkMs: 200, pingMs: 2_500 };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ http: { times: TIMES } });
});
afterAll(() => server[Symbol.asyncDispose]());

/** A connection on which a test writes what it likes; everything that comes back, once it is closed. */
async function openPlain(): Promise<{ socket: Socket; all: Promise<string> }> {
  const socket = connect(server.http.port, '127.0.0.1');
  await once(socket, 'connect');
  let all = '';
  socket.on('data', (chunk) => {
    all += chunk;
  });
  socket.on('error', () => {});
  return { socket, all: once(socket, 'close').then(() => all) };
}

/** Status, headers and body of an answer, which has to be whole. */
function parseAnswer(answer: string) {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const [statusLine = '', ...headers] = head.split('\r\n');
  return { status: Number(statusLine.split(' ')[1]), headers, body: JSON.parse(body) };
}

const POST = [
  'POST /graphql HTTP/1.1',
  'host: 127.0.0.1',
  'content-type: application/json',
  'content-length: 1000',
  '',
  '',
].join('\r\n');

const errorWith = (code: string) => ({ errors: [{ message: expect.any(String), extensions: { code } }] });

describe('over HTTP', () => {
  test.each([
    ['nothing', ''],
    ['half of its headers', 'GET /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: '],
    ['half of its handshake', 'GET /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upg'],
    ['half of its body', `${POST}{"query":`],
  ])('a client that sends %s is told that its time is over, and others are served meanwhile', async (_what, sent) => {
    const { socket, all } = await openPlain();
    socket.write(sent);
    expect((await server.queryText('{ __typename }')).data).toEqual({ __typename: 'Query' });
    expect(parseAnswer(await all)).toMatchObject({
      status: 408,
      headers: expect.arrayContaining(['connection: close', 'content-type: application/json; charset=utf-8']),
      body: errorWith('REQUEST_TIMEOUT'),
    });
  });

  test('a client that sends its body byte by byte has no more time than others', async () => {
    const { socket, all } = await openPlain();
    socket.write(POST);
    const drip = setInterval(() => socket.write(' '), 20);
    expect(parseAnswer(await all)).toMatchObject({ status: 408 });
    clearInterval(drip);
  });

  test('a client that closes its side in the middle of its body is answered, and gone', async () => {
    const { socket, all } = await openPlain();
    socket.end(`${POST}{"query":`);
    expect(parseAnswer(await all)).toMatchObject({ status: 400, body: errorWith('BAD_REQUEST') });
  });

  test.each([
    ['what is no HTTP', 'EHLO mail.example\r\n\r\n', 400, 'BAD_REQUEST'],
    ['headers without end', `GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ${'x'.repeat(20_000)}`, 431, 'HEADERS_TOO_LARGE'],
  ])('a client that sends %s is told so', async (_what, sent, status, code) => {
    const { socket, all } = await openPlain();
    socket.write(sent);
    expect(parseAnswer(await all)).toMatchObject({ status, body: errorWith(code) });
  });

  test('a client that takes nothing of what it asked for loses its connection', async () => {
    const project = '0192f7a4-5c1e-7d3a-9b1f-2f6d8e4c1a01';
    const folder = join(server.libraryDir, project);
    await mkdir(folder, { recursive: true });
    // More than the system keeps for a connection.
    await writeFile(join(folder, 'video.mp4'), Buffer.alloc(64 * 1024 * 1024));
    const { socket, all } = await openPlain();
    socket.pause();
    socket.write(`GET /library/${project}/video.mp4 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
    await server.logged(({ path, aborted }) => path === `/library/${project}/video.mp4` && aborted === true);
    socket.resume();
    expect((await all).length).toBeLessThan(64 * 1024 * 1024);
  });

  test('a subscriber that takes none of its events over SSE loses its connection, one that waits for some does not', async () => {
    const content = textOf(10_000);
    const projects = Array.from({ length: 100 }, (_, at) => ({ name: `Large ${at}`, content }));
    const large = await makeBatch(server, inputOf(1, { projects }));
    const small = await makeBatch(server, inputOf(1));
    const waiting = server.subscribeSse(WATCH, { id: small.id });
    await waiting.next();
    const live = server.subscribeSse(WATCH, { id: large.id });
    await live.next();
    const { socket } = await openPlain();
    const body = JSON.stringify({
      query: `subscription { batchProgress(batchId: "${large.id}") {
        batch { projects(first: 100) { nodes { content } } }
      } }`,
    });
    socket.write(
      [
        'POST /graphql HTTP/1.1',
        'host: 127.0.0.1',
        'accept: text/event-stream',
        'content-type: application/json',
        `content-length: ${body.length}`,
        '',
        body,
      ].join('\r\n'),
    );
    await once(socket, 'data');
    socket.pause();
    await vi.waitFor(() => expect(server.feed.subscribers).toBe(3));
    // 1 MB each, and soon more than the system keeps for a connection.
    for (let at = 0; server.feed.subscribers === 3; at++) {
      await updateProject(server, String(large.projects[at % 20]?.uuid), {
        status: at % 40 < 20 ? 'RENDERING' : 'ASSETS_GENERATING',
      });
      await live.next();
    }
    // Twice as long as nobody may leave untaken what waits.
    await (await openPlain()).all;
    await updateProject(server, String(small.projects[0]?.uuid), { status: 'COMPLETED' });
    expect((await waiting.next()).value).toMatchObject({ data: { batchProgress: { batch: { status: 'COMPLETED' } } } });
    await live.return?.();
  });
});

describe('over WebSocket', () => {
  test('a client that has gone without a word is let go, and one that is only silent is not', async () => {
    await using proxy = await openProxy(server.url);
    const batch = await makeBatch(server, inputOf(1));
    const watch = subscribe('a', `subscription { batchProgress(batchId: "${batch.id}") { batch { status } } }`);
    await using silent = await openConnection(server.url);
    await using gone = await openConnection(proxy.url);
    for (const socket of [silent, gone]) {
      socket.send(watch);
      await socket.next(({ type }) => type === 'next');
    }
    await vi.waitFor(() => expect(server.feed.subscribers).toBe(2));
    proxy.freeze();
    await vi.waitFor(() => expect(server.feed.subscribers).toBe(1), { timeout: 10 * TIMES.pingMs });
    await updateProject(server, String(batch.projects[0]?.uuid), { status: 'COMPLETED' });
    expect(await silent.next()).toMatchObject({
      payload: { data: { batchProgress: { batch: { status: 'COMPLETED' } } } },
    });
  });

  test('what a client asks for and does not take is not kept for it', async () => {
    await using raw = await openConnection(server.url);
    raw.socket.pause();
    const ping = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(100_000) } });
    const isSent = () => new Promise<boolean>((sent) => raw.socket.send(ping, (error) => sent(!error)));
    let sentBytes = 0;
    // Until the server, which hears of no pong from it either, gives it up.
    while (await isSent()) {
      sentBytes += ping.length;
    }
    // What the system keeps of a connection at both of its ends, in both directions.
    expect(sentBytes).toBeGreaterThan(0);
    expect(sentBytes).toBeLessThan(32 * 1024 * 1024);
  });

  test('a subscriber that does not take its events gets the newest state once it does', async () => {
    await using patient = await startTestServer({
      testDatabase: server.testDatabase,
      http: { times: { pingMs: 60_000 } },
    });
    const content = textOf(10_000);
    const projects = Array.from({ length: 100 }, (_, at) => ({ name: `Large ${at}`, content }));
    const batch = await makeBatch(patient, inputOf(1, { projects }));
    const watch = `subscription { batchProgress(batchId: "${batch.id}") { batch { version } changes { to } } }`;
    // 1 MB.
    const texts = `{ node(id: "${batch.id}") { ... on Batch { projects(first: 100) { nodes { content } } } } }`;
    await using stalled = await openConnection(patient.url);
    await using live = await openConnection(patient.url);
    for (const socket of [stalled, live]) {
      socket.send(subscribe('watch', watch));
      await socket.next(({ id }) => id === 'watch');
    }
    stalled.socket.pause();
    for (const socket of [stalled, live]) {
      socket.send(...Array.from({ length: 40 }, (_, at) => subscribe(`texts ${at}`, texts)));
    }
    await live.next(({ id, type }) => id === 'texts 39' && type === 'complete');
    for (let at = 0; at < 40; at++) {
      await updateProject(patient, String(batch.projects[at % 20]?.uuid), {
        status: at < 20 ? 'RENDERING' : 'COMPLETED',
      });
      await live.next(({ id }) => id === 'watch');
    }
    stalled.socket.resume();
    let changes = 0;
    let events = 0;
    while (changes < 40) {
      const { payload } = await stalled.next(({ id }) => id === 'watch');
      changes += JSON.stringify(payload).split('"to":').length - 1;
      events++;
    }
    expect(events).toBeLessThan(10);
  });
});
