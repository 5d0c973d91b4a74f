import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { submit as tryToSubmit } from '../../src/cli/submit.ts';
import { jsonLines, runCli } from '../helpers/cli.ts';
import { createTestFolder } from '../helpers/process.ts';
import { openProxy } from '../helpers/proxy.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const TEXT = 'A text that is long enough. '.repeat(20).trim();

let server: TestServer;
let folder: Awaited<ReturnType<typeof createTestFolder>>;
beforeAll(async () => {
  server = await startTestServer();
  folder = await createTestFolder();
  await mkdir(join(folder.path, 'texts'));
  await writeFile(join(folder.path, 'texts', 'two.txt'), TEXT);
  await writeFile(join(folder.path, 'texts', 'one.md'), `\uFEFF${TEXT}\n`);
  await writeFile(join(folder.path, 'short.txt'), 'short');
});
afterAll(async () => {
  await folder[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const submit = (args: string[], url = server.url) =>
  runCli(['submit', ...args], { cwd: folder.path, env: { SHOWRUNNER_URL: url, TZ: 'Asia/Taipei' } });

const countBatches = async () => (await server.testDatabase.sql('SELECT id FROM batches')).length;

interface Submitted {
  batch: { id: string; name: string; totalProjects: number };
  replayed: boolean;
}

test('a folder becomes a batch with its name, each text a project', async () => {
  const { code, stdout, stderr } = await submit(['texts']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [, id] = stdout.match(/^Batch 'texts' \((batch_\S+)\) with 2 projects is on its way\.$/m) ?? [];
  expect(stdout).toContain(`Watch it: npm run showrunner -- watch ${id}\n`);
  const projects = await server.testDatabase.sql(
    'SELECT name, content FROM projects WHERE batch_id = $1 ORDER BY position',
    [id?.replace('batch_', '')],
  );
  expect(projects).toEqual([
    { name: 'one', content: TEXT },
    { name: 'two', content: TEXT },
  ]);
});

test('every setting of a batch can be given', async () => {
  const uuid = '0192f0c1-2a3b-7c4d-8e5f-60718293a4b5';
  const settings = ['--name', 'My batch', '--model', 'gemini-1.5-pro', '--privacy', 'Unlisted', '--failure-limit', '3'];
  const ids = ['--configuration-id', uuid, '--prompt-template-id', uuid, '--idempotency-key', 'a key'];
  const publishing = ['--publish-at', '2040-01-31 18:00', '--no-ai-flag'];
  const { code, stdout } = await submit(['texts/one.md', ...settings, ...ids, ...publishing, '--json']);
  expect(code).toBe(0);
  const [submitted] = jsonLines<Submitted>(stdout);
  const [row] = await server.testDatabase.sql('SELECT * FROM batches WHERE id = $1', [
    submitted?.batch.id.replace('batch_', ''),
  ]);
  expect(row).toMatchObject({
    name: 'My batch',
    gemini_model: 'gemini-1.5-pro',
    configuration_id: uuid,
    prompt_template_id: uuid,
    failure_limit: 3,
    idempotency_key: 'a key',
    youtube_privacy: 'UNLISTED',
    youtube_publish_type: 'SCHEDULED',
    youtube_publish_at: new Date('2040-01-31T10:00:00Z'),
    youtube_ai_content_flag: false,
  });
});

test('if one text is wrong, its file is named and nothing is sent', async () => {
  const before = await countBatches();
  const { code, stdout, stderr } = await submit(['texts', 'short.txt', 'missing.txt']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr.split('\n')).toEqual([
    'missing.txt: expected a file or a folder, but there is none',
    'short.txt: expected 500 to 10,000 characters, got 5',
    'Nothing was sent: mend these 2 problems and submit again',
    '',
  ]);
  expect(await countBatches()).toBe(before);
  expect(await submit(['short.txt'], 'http://127.0.0.1:9')).toMatchObject({ code: 2 });
});

test('what the service refuses is told by the option or the file that it came from', async () => {
  await using strict = await startTestServer({ limits: { maxProjects: 1, models: ['gemini-1.5-flash'] } });
  const wrong = ['--model', 'gpt', '--publish-at', '2020-01-01T00:00Z', '--configuration-id', 'x', '--name', ' '];
  const { code, stderr } = await submit(['texts', ...wrong], strict.url);
  expect(code).toBe(2);
  expect(stderr.split('\n')).toEqual([
    '--name: The name of the batch must not be blank',
    '<path...>: A batch may contain at most 1 projects (current: 2)',
    "--configuration-id: Must be a UUID (current: 'x')",
    "--model: The model must be one of gemini-1.5-flash (current: 'gpt')",
    '--publish-at: must be in the future (current: 2020-01-01T00:00:00.000Z)',
    'Nothing was sent: mend these 5 problems and submit again',
    '',
  ]);
});

test('submitting again with the same key makes no other batch, and with another text is refused', async () => {
  const first = jsonLines<Submitted>((await submit(['texts', '--idempotency-key', 'twice', '--json'])).stdout)[0];
  const again = jsonLines<Submitted>((await submit(['texts', '--idempotency-key', 'twice', '--json'])).stdout)[0];
  expect(first?.replayed).toBe(false);
  expect(again).toMatchObject({ replayed: true, batch: { id: first?.batch.id } });
  const other = await submit(['texts/one.md', '--idempotency-key', 'twice']);
  expect(other.code).toBe(2);
  expect(other.stderr).toMatch(new RegExp(`^--idempotency-key: .*${first?.batch.id}.*\\n$`));
});

test('a connection that breaks before the answer is tried again, and makes one batch', async () => {
  await using proxy = await openProxy(server.url);
  proxy.limit(20);
  const before = await countBatches();
  void proxy.limited().then(() => proxy.limit(undefined));
  const { code, stdout, stderr } = await submit(['texts', '--json'], proxy.url);
  expect(code).toBe(0);
  expect(stderr).toBe(`No answer yet from ${proxy.url}/graphql: trying again, for 2 minutes at most\n`);
  expect(jsonLines<Submitted>(stdout)).toMatchObject([{ replayed: true }]);
  expect(proxy.sent).toHaveLength(2);
  expect(await countBatches()).toBe(before + 1);
});

test('a service that does not answer is told with exit code 3', async () => {
  const { code, stderr } = await submit(['texts'], 'http://127.0.0.1:9');
  expect(code).toBe(3);
  expect(stderr).toMatch(/^No service answers at .*\n$/);
});

test('a service that takes the request and never answers is tried for a limited time, and told with the key', async () => {
  await using proxy = await openProxy(server.url);
  proxy.freeze();
  const onRetry = vi.fn<() => void>();
  const texts = [{ name: 'one', content: TEXT, file: 'one.txt' }];
  const limits = { totalMs: 1_500, answerMs: 400, onRetry };
  const tried = tryToSubmit({ url: `${proxy.url}/graphql` }, { name: 'A', idempotencyKey: 'k' }, texts, limits);
  await expect(tried).rejects.toThrow(
    `The service at ${proxy.url}/graphql does not answer: run the command again, with --idempotency-key k, as the batch may be there already`,
  );
  expect(onRetry).toHaveBeenCalledOnce();
});
