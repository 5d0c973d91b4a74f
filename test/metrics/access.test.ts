import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMetricsServer } from '../../src/http/metrics.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { testLog } from '../helpers/engine.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { entriesOf, tokenOf } from '../helpers/tokens.ts';
import { parseExposition, scrape } from './exposition.ts';

const root = tokenOf('root', 'admin');
const alice = tokenOf('alice', 'operator');

let server: TestServer;
beforeAll(async () => {
  const metrics = new Metrics();
  const http = { metrics: metrics.operations, metricsText: metrics };
  server = await startTestServer({ tokens: entriesOf(root, alice), http });
});
afterAll(() => server[Symbol.asyncDispose]());

test('where callers are asked who they are, only admins read the figures', async () => {
  const url = `${server.url}/metrics`;
  const nobody = await fetch(url);
  expect(nobody.status).toBe(401);
  expect(nobody.headers.get('www-authenticate')).toBe('Bearer');
  expect(await nobody.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  const operator = await fetch(url, { headers: alice.headers });
  expect(operator.status).toBe(403);
  expect(await operator.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  const admin = await fetch(url, { headers: root.headers });
  expect(admin.status).toBe(200);
  expect(admin.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(admin.headers.get('cache-control')).toBe('no-store');
  expect(parseExposition(await admin.text()).types.get('showrunner_operations_total')).toBe('counter');
});

test('figures are read and not written, and there is nothing below them', async () => {
  const post = await fetch(`${server.url}/metrics`, { method: 'POST', headers: root.headers });
  expect(post.status).toBe(405);
  expect(post.headers.get('allow')).toBe('GET, HEAD');
  const head = await fetch(`${server.url}/metrics`, { method: 'HEAD', headers: root.headers });
  expect(head.status).toBe(200);
  expect(await head.text()).toBe('');
  expect((await fetch(`${server.url}/metrics/more`, { headers: root.headers })).status).toBe(404);
});

test('without figures there is no such page', async () => {
  await using bare = await startTestServer();
  expect((await fetch(`${bare.url}/metrics`)).status).toBe(404);
});

test('a port for the figures alone asks nobody who they are, and serves nothing else', async () => {
  const options = { host: '127.0.0.1', port: 0, allowedHosts: ['127.0.0.1'], metricsText: new Metrics(), log: testLog };
  await using alone = await startMetricsServer(options);
  const figures = await scrape(`${alone.url}/metrics`);
  expect(figures.value('process_start_time_seconds')).toBeGreaterThan(0);
  expect((await fetch(`${alone.url}/graphql`)).status).toBe(404);
  // A page whose name leads to this machine.
  const status = await new Promise((resolve, reject) => {
    request(`${alone.url}/metrics`, { headers: { host: 'evil.example' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(421);
});
