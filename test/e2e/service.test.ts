import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTestFolder, runProcess } from '../helpers/process.ts';

/** Its own lines on standard error, without those of the log. */
function complaintsOf(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
}

test('the service says where it is, is ready, and stops in order with exit code 0', async () => {
  await using folder = await createTestFolder();
  await using service = runProcess('main', { DATA_DIR: folder.path, PORT: '0' });
  const [, url] = await service.said(/Dashboard {2}(http:\S+)\/\n/);
  await service.said(/GraphiQL {3}http:\S+\/graphql\n/);
  expect(service.output.stdout).toContain(`${url}/health/ready`);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  service.child.kill('SIGTERM');
  expect(await service.ended()).toBe(0);
  expect(complaintsOf(service.output.stderr)).toEqual([]);
});

test('a second process on the same folder is told who has it', async () => {
  await using folder = await createTestFolder();
  await using first = runProcess('main', { DATA_DIR: folder.path, PORT: '0' });
  await first.said(/is ready/);
  await using second = runProcess('main', { DATA_DIR: folder.path, PORT: '0' });
  expect(await second.ended()).toBe(1);
  const complaints = complaintsOf(second.output.stderr);
  expect(complaints).toHaveLength(1);
  expect(complaints[0]).toContain(String(first.child.pid));
});

test('a taken port ends the start with one line', async () => {
  await using folder = await createTestFolder();
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = String(typeof address === 'object' ? address?.port : '');
  await using service = runProcess('main', { DATA_DIR: folder.path, PORT: port });
  expect(await service.ended()).toBe(1);
  expect(complaintsOf(service.output.stderr)).toEqual([`127.0.0.1:${port} is taken by another process`]);
  other.close();
});

test('a folder that is none ends the start with one line', async () => {
  await using folder = await createTestFolder();
  const file = join(folder.path, 'file');
  await writeFile(file, '');
  await using service = runProcess('main', { DATA_DIR: file, PORT: '0' });
  expect(await service.ended()).toBe(1);
  const complaints = complaintsOf(service.output.stderr);
  expect(complaints).toHaveLength(1);
  expect(complaints[0]).toContain(file);
});

test('a database that is not there ends the start with one line that does not tell the password', async () => {
  await using folder = await createTestFolder();
  const url = 'postgres://someone:secret@127.0.0.1:1/nothing';
  await using service = runProcess('main', { DATA_DIR: folder.path, PORT: '0', DATABASE_URL: url });
  expect(await service.ended()).toBe(1);
  const complaints = complaintsOf(service.output.stderr);
  expect(complaints).toHaveLength(1);
  expect(complaints[0]).toContain('127.0.0.1:1');
  expect(complaints[0]).not.toContain('secret');
});

test('wrong variables end the start with one line each', async () => {
  await using service = runProcess('main', { PORT: 'x', ROLE: 'boss' });
  expect(await service.ended()).toBe(1);
  expect(complaintsOf(service.output.stderr)).toHaveLength(2);
});
