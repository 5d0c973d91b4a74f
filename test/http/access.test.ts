import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const APP = 'https://app.example.com';
const ELSEWHERE = 'https://elsewhere.example.com';

let server: TestServer;
let shared: TestServer;
beforeAll(async () => {
  [server, shared] = await Promise.all([startTestServer(), startTestServer({ http: { allowedOrigins: [APP] } })]);
});
afterAll(async () => {
  await Promise.all([server[Symbol.asyncDispose](), shared[Symbol.asyncDispose]()]);
});

/** As fetch does not let a caller say which host it calls. */
async function askAs(host: string, path: string) {
  const asked = httpRequest({ host: '127.0.0.1', port: server.http.port, path, headers: { host } });
  asked.end();
  const [response] = await once(asked, 'response');
  return told(response);
}

async function told(response: IncomingMessage) {
  return { status: response.statusCode, body: await json(response) };
}

/** 'open', or the status and body of what a WebSocket was refused with. */
async function openSocket(to: TestServer, headers: Record<string, string>) {
  const socket = new WebSocket(`${to.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  const refused = once(socket, 'unexpected-response').then(([, response]) => told(response));
  const answer = await Promise.race([once(socket, 'open').then(() => 'open' as const), refused]);
  socket.terminate();
  return answer;
}

describe('a page whose own name leads to this machine', () => {
  test('is served nothing', async () => {
    const expected = {
      status: 421,
      body: {
        errors: [{ message: expect.stringContaining('ALLOWED_HOSTS'), extensions: { code: 'MISDIRECTED_REQUEST' } }],
      },
    };
    for (const host of ['rebound.example.com', `rebound.example.com:${server.http.port}`, '127.0.0.1.example.com']) {
      for (const path of ['/', '/graphql?query={__typename}', '/library/x/video.mp4', '/health/live']) {
        expect([host, path, await askAs(host, path)]).toEqual([host, path, expected]);
      }
      expect(await openSocket(server, { host, origin: `http://${host}` })).toEqual(expected);
    }
    expect((await askAs(`127.0.0.1:${server.http.port}`, '/health/live')).status).toBe(200);
  });
});

describe("another site's page", () => {
  const preflight = (to: TestServer, origin: string) =>
    fetch(`${to.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
  const post = (to: TestServer, origin: string, type = 'application/json') =>
    fetch(`${to.url}/graphql`, {
      method: 'POST',
      headers: { origin, 'content-type': type },
      body: JSON.stringify({ query: '{ __typename }' }),
    });

  test('may not read what the service answers, unless it is allowed', async () => {
    for (const [to, origin] of [
      [server, APP],
      [shared, ELSEWHERE],
      [shared, 'null'],
    ] as const) {
      expect((await preflight(to, origin)).headers.get('access-control-allow-origin')).toBeNull();
      expect((await post(to, origin)).headers.get('access-control-allow-origin')).toBeNull();
    }
    const asked = await preflight(shared, APP);
    expect(asked.headers.get('access-control-allow-origin')).toBe(APP);
    expect(asked.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
    const answer = await post(shared, APP);
    expect(answer.headers.get('access-control-allow-origin')).toBe(APP);
    expect(answer.headers.get('vary')).toMatch(/origin/i);
    expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'can not send what needs no question beforehand: %s',
    async (type) => {
      const answer = await post(server, ELSEWHERE, type);
      expect(answer.status).toBe(415);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }] });
    },
  );

  test('may not open a WebSocket, unless it is allowed', async () => {
    const refused = {
      status: 403,
      body: { errors: [{ message: expect.any(String), extensions: { code: 'FORBIDDEN' } }] },
    };
    for (const origin of [ELSEWHERE, 'null', `${APP}.evil.example`, 'garbage']) {
      expect([origin, await openSocket(shared, { origin })]).toEqual([origin, refused]);
    }
    expect(await openSocket(server, { origin: APP })).toEqual(refused);
    expect(await openSocket(shared, { origin: APP })).toBe('open');
    expect(await openSocket(server, { origin: server.url })).toBe('open');
    expect(await openSocket(server, {})).toBe('open');
  });
});

test('a mutation does not run by GET, whoever asks', async () => {
  const query = encodeURIComponent('mutation { pauseBatch(input: { batchId: "batch_x" }) { __typename } }');
  const answer = await fetch(`${server.url}/graphql?query=${query}`);
  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')).toBe('POST');
  expect(await answer.json()).toMatchObject({ errors: [{ message: expect.stringContaining('mutation') }] });
});

test('no answer sets a cookie', async () => {
  for (const path of ['/', '/graphql?query={__typename}', '/health/ready', '/library/x']) {
    expect((await fetch(server.url + path)).headers.getSetCookie()).toEqual([]);
  }
});
