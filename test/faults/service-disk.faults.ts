import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CREATE, DETAIL, RETRY } from '../graphql/documents.ts';
import { createTestFolder, type ServiceProcess } from '../helpers/process.ts';
import { ask } from './api.ts';
import { BatchFollower } from './follower.ts';
import { inDatabase, type Place, startRole, urlOf } from './service.ts';
import { mountSmallDisk } from './small-disk.ts';
import { SMALL_TEXT } from './workload.ts';

/** What a call comes to while there is no room: it was done, or it says in plain words to try again. */
async function create(url: string, name: string): Promise<string | undefined> {
  const { data, errors } = await ask(url, CREATE, {
    input: { name, geminiModel: 'gemini-1.5-flash', projects: [{ name, content: SMALL_TEXT }] },
  });
  if (data?.createBatch.__typename === 'CreateBatchSuccess') {
    return data.createBatch.batch.id;
  }
  expect(errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE', retryable: true } }]);
  return undefined;
}

async function endOf(url: string, batchId: string) {
  const follower = new BatchFollower(batchId, 'sse');
  await follower.follow([url]);
  return follower.events.at(-1)?.batch;
}

/** Stops the service in order; gives what its projects came to. */
async function projectsAfter(service: ServiceProcess, place: Place) {
  service.child.kill('SIGTERM');
  expect(await service.ended()).toBe(0);
  return inDatabase(place, (sql) => sql('SELECT name, status::text, error_message FROM projects ORDER BY name'));
}

test('a service whose embedded database shares a disk that is full stays up, and goes on once there is room', async () => {
  await using disk = await mountSmallDisk({ sizeMb: 192, files: 10_000 });
  const place = { dataDir: disk.path };
  await using service = startRole('all', place, { STAGE_TRIES: '1' });
  const url = await urlOf(service);
  expect(await endOf(url, String(await create(url, 'before')))).toMatchObject({ completedProjects: 1 });

  await disk.fill();
  const tried: (string | undefined)[] = [];
  for (let at = 0; at < 10; at++) {
    tried.push(await create(url, `while ${at}`));
  }
  await disk.free();
  expect(await endOf(url, String(await create(url, 'after')))).toMatchObject({ completedProjects: 1 });
  const made = tried.filter((id) => id !== undefined);
  for (const id of made) {
    await endOf(url, id);
    await ask(url, RETRY, { id });
    expect(await endOf(url, id)).toMatchObject({ status: 'COMPLETED', completedProjects: 1 });
  }
  expect(await projectsAfter(service, place)).toHaveLength(made.length + 2);
});

/** Root may write anywhere, unless it is told that it may not. */
const WITHOUT_RIGHTS =
  process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search,-fowner'] : [];

test.each([
  ['work', 'script'],
  ['library', 'upload'],
])('a %s folder that may not be written to fails %s in plain words, without its path', async (folder, stage) => {
  await using data = await createTestFolder();
  const place = { dataDir: data.path };
  await mkdir(join(data.path, folder));
  await chmod(join(data.path, folder), 0o555);
  await using service = startRole('all', place, { STAGE_TRIES: '2' }, WITHOUT_RIGHTS);
  const url = await urlOf(service);
  const id = String(await create(url, 'Project'));
  expect(await endOf(url, id)).toMatchObject({ status: 'COMPLETED', failedProjects: 1 });
  expect(JSON.stringify(await ask(url, DETAIL, { id }))).toContain(`"${stage}: the data folder may not be written to"`);
  await chmod(join(data.path, folder), 0o755);
  expect(await ask(url, RETRY, { id })).toMatchObject({ data: { retryBatch: { retriedProjects: 1 } } });
  expect(await endOf(url, id)).toMatchObject({ completedProjects: 1 });
  expect(await projectsAfter(service, place)).toMatchObject([{ status: 'COMPLETED', error_message: null }]);
});
