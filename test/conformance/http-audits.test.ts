import { type AuditResult, serverAudits } from 'graphql-http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** What an audit found; of the answer, what says why it did not pass. */
async function told(result: AuditResult): Promise<unknown> {
  if (result.status === 'ok') {
    return 'ok';
  }
  const { status, reason, response } = result;
  const body = response.bodyUsed ? undefined : await response.text();
  return { status, reason, answer: [response.status, response.headers.get('content-type'), body] };
}

// MUST, SHOULD and MAY alike: what is only recommended has to hold, too.
test.each(serverAudits({ url: () => `${server.url}/graphql` }))('$id: the server $name', async ({ fn }) => {
  expect(await told(await fn())).toBe('ok');
});
