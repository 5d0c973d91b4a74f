import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jsonLines, runCli, startCli } from '../helpers/cli.ts';
import { createTestDatabase, testBackend } from '../helpers/database.ts';
import { freePort } from '../helpers/free-port.ts';
import { createTestFolder, runProcess } from '../helpers/process.ts';

interface Event {
  batch: { id: string };
  changes: { at: string; from: string; to: string; project: { id: string } }[];
}

/** The history of a batch, as the service keeps it. */
async function historyOf(url: string, batchId: string): Promise<Event['changes']> {
  const query = `{ batch(id: "${batchId}") { events(first: 100) { nodes { change { at from to project { id } } } } } }`;
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { data }: { data: { batch: { events: { nodes: { change: Event['changes'][number] | null }[] } } } } =
    await response.json();
  return data.batch.events.nodes.flatMap(({ change }) => change ?? []);
}

test('a service that is killed while a batch is watched and started again leaves no gap in what is told', {
  timeout: 180_000,
}, async () => {
  await using folder = await createTestFolder();
  const texts = join(folder.path, 'texts');
  await mkdir(texts);
  for (const name of ['one', 'two', 'three']) {
    await writeFile(join(texts, `${name}.txt`), 'The light came on. Nobody had touched the switch. '.repeat(20));
  }
  await using stack = new AsyncDisposableStack();
  const databaseUrl = testBackend === 'postgres' ? stack.use(await createTestDatabase()).url : undefined;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    DATA_DIR: join(folder.path, 'data'),
    PORT: String(port),
    WORKER_CONCURRENCY: '1',
    ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
  };
  await using first = runProcess('main', env);
  await first.said(/is ready/);
  const submitted = await runCli(['submit', texts, '--json', '--url', url]);
  const [made] = jsonLines<{ batch: { id: string } }>(submitted.stdout);
  await using cli = startCli(['watch', String(made?.batch.id), '--json', '--url', url]);
  await cli.said(/"to":"COMPLETED"/);
  first.child.kill('SIGKILL');
  await first.ended();
  await cli.said(/Connection lost/);
  await using second = runProcess('main', env);
  const { code, stdout, stderr } = await cli.ended();
  expect(code).toBe(0);
  expect(stderr.split('\n')).toEqual([
    expect.stringMatching(/^Connection lost/),
    expect.stringMatching(/^Connected again/),
    '',
  ]);
  const told = jsonLines<Event>(stdout).flatMap(({ changes }) =>
    changes.map(({ at, from, to, project: { id } }) => ({ at, from, to, project: { id } })),
  );
  const history = await historyOf(url, String(made?.batch.id));
  // It began to watch when some had happened already.
  expect(told.length).toBeGreaterThan(10);
  expect(told).toEqual(history.slice(-told.length));
  second.child.kill('SIGTERM');
  expect(await second.ended()).toBe(0);
});
