import { expect, test } from 'vitest';
import { STAGE_STATUSES } from '../../src/batches/states.ts';
import { CANCEL, CREATE, PAUSE, RESUME, RETRY } from '../graphql/documents.ts';
import { createCluster } from '../helpers/cluster.ts';
import { driftOf } from '../helpers/drift.ts';
import { createTestFolder } from '../helpers/process.ts';
import { seeded } from '../helpers/seeded.ts';
import { ask } from './api.ts';
import { countOf } from './counts.ts';
import { expectNoErrors } from './expectations.ts';
import { Fleet } from './fleet.ts';
import { BatchFollower } from './follower.ts';
import { inDatabase, logOf, type Place, type Role, type Sql } from './service.ts';
import { SMALL_TEXT } from './workload.ts';

const ROUNDS = countOf('FAULT_ROUNDS', 2_000);
const SEED = countOf('FAULT_SEED', 1 + Math.floor(Math.random() * 1_000_000));
const CLIENTS = 10;
const BATCHES = 3;
const PROJECTS = 8;
const TIMEOUT_MS = 180_000 + ROUNDS * 300;

const CONTROLS = [
  async (url: string, id: string) => await ask(url, PAUSE, { id }),
  async (url: string, id: string) => await ask(url, RESUME, { id }),
  async (url: string, id: string) => await ask(url, CANCEL, { id }),
  async (url: string, id: string) => await ask(url, RETRY, { id }),
];
/** What a control comes to: it was done, or the state of the batch does not allow it. */
const OUTCOMES = /Success$|^InvalidStateError$/;

/** Ten clients at once, each at one address after the other, on a few batches; gives all that there were. */
async function storm(urls: readonly string[], random: () => number): Promise<string[]> {
  const made: string[] = [];
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const create = async () => {
    const { data } = await ask(pick(urls) ?? '', CREATE, {
      input: {
        name: `Batch ${made.length + 1}`,
        geminiModel: 'gemini-1.5-flash',
        projects: Array.from({ length: PROJECTS }, (_, at) => ({ name: `Project ${at + 1}`, content: SMALL_TEXT })),
      },
    });
    if (data?.createBatch.__typename !== 'CreateBatchSuccess') {
      throw new Error(`no batch: ${JSON.stringify(data)}`);
    }
    made.push(data.createBatch.batch.id);
    return data.createBatch.batch.id;
  };
  const slots = await Promise.all(Array.from({ length: BATCHES }, create));
  const surprises: unknown[] = [];
  const control = async (slot: number): Promise<void> => {
    const id = slots[slot] ?? '';
    const answer = await pick(CONTROLS)?.(pick(urls) ?? '', id);
    const { data, errors } = answer ?? {};
    const [result] = Object.values(data ?? {});
    if (errors !== undefined || !OUTCOMES.test(result?.__typename ?? '')) {
      surprises.push({ data, errors });
    }
    if (result?.__typename === 'RetryBatchSuccess' && result.batch.status === 'COMPLETED' && slots[slot] === id) {
      // There is nothing left of it to be fought for. Another client may have seen so as well.
      slots[slot] = '';
      slots[slot] = await create();
    }
  };
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      for (let round = 0; round < ROUNDS / CLIENTS; ) {
        const slot = Math.floor(random() * BATCHES);
        if (slots[slot] !== '') {
          await control(slot);
          round++;
        } else {
          await new Promise(setImmediate);
        }
      }
    }),
  );
  expect(surprises).toEqual([]);
  return made;
}

/** Sends back to work what was paused and cancelled, until nothing is left to do. */
async function finish(urls: readonly string[], id: string): Promise<void> {
  for (;;) {
    await ask(urls[0] ?? '', RESUME, { id });
    await new BatchFollower(id, 'websocket').follow(urls);
    const { data } = await ask(urls[0] ?? '', RETRY, { id });
    if (data?.retryBatch.__typename === 'RetryBatchSuccess' && data.retryBatch.retriedProjects === 0) {
      return;
    }
  }
}

/** Every way from one status to another that there is, for a service in which no stage fails. */
const WAYS = new Set([
  ...STAGE_STATUSES.flatMap(({ working, done }, at) => [
    `INITIALIZED ${working}`,
    `${working} ${done}`,
    `${done} ${STAGE_STATUSES[at + 1]?.working}`,
    `${working} CANCELLED`,
    `${done} CANCELLED`,
  ]),
  'INITIALIZED CANCELLED',
  'CANCELLED INITIALIZED',
]);
WAYS.delete('COMPLETED CANCELLED');

async function expectTrueHistory(sql: Sql, batches: number): Promise<void> {
  expect(await driftOf(sql)).toEqual([]);
  const ends = await sql('SELECT status::text, count(*)::int AS count FROM projects GROUP BY status');
  expect(ends).toEqual([{ status: 'COMPLETED', count: batches * PROJECTS }]);
  expect(await sql(`SELECT id FROM pgboss.job WHERE name = 'projects'`)).toEqual([]);

  const changes = `SELECT project_id, from_status, to_status,
      lag(to_status, 1, 'INITIALIZED') OVER (PARTITION BY project_id ORDER BY version, ordinal) AS before
    FROM batch_events WHERE kind = 'PROJECT_STATUS_CHANGED'`;
  const ways = await sql(`SELECT DISTINCT from_status || ' ' || to_status AS way FROM (${changes}) c`);
  expect(ways.map(({ way }) => String(way)).filter((way) => !WAYS.has(way))).toEqual([]);
  expect(await sql(`SELECT * FROM (${changes}) c WHERE from_status <> before`)).toEqual([]);
  const done = STAGE_STATUSES.map((stage) => `'${stage.done}'`).join(', ');
  const again = `SELECT project_id FROM batch_events WHERE to_status IN (${done})
    GROUP BY project_id, to_status HAVING count(*) <> 1`;
  expect(await sql(again)).toEqual([]);
}

async function stormThrough(place: Place, roles: readonly Role[]): Promise<void> {
  process.stdout.write(`FAULT_SEED=${SEED}\n`);
  await using fleet = await Fleet.start(place, roles, { LOG_LEVEL: 'debug', RATE_LIMIT_PER_MINUTE: '0' });
  await fleet.up();
  const ids = await storm(fleet.urls, seeded(SEED));
  await Promise.all(ids.map((id) => finish(fleet.urls, id)));
  await fleet.stop();
  await inDatabase(place, async (sql) => {
    await expectTrueHistory(sql, ids.length);
    const [server] = await sql('SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()');
    expect(server).toEqual({ deadlocks: 0 });
  });
  expectNoErrors(fleet.processes);
  for (const { output } of fleet.processes) {
    expect(output.stderr).not.toContain('40P01');
  }
  const finished = fleet.processes.flatMap(logOf).filter(({ msg }) => msg === 'stage finished');
  // A stage that was told to stop may come to its end all the same; nobody begins it again then.
  expect(new Set(finished.map(({ project, stage }) => `${project} ${stage}`)).size).toBe(finished.length);
}

test('ten clients who pause, resume, cancel and retry at two processes at once break nothing', {
  timeout: TIMEOUT_MS,
}, async () => {
  await using cluster = await createCluster();
  await using folder = await createTestFolder();
  const place = { dataDir: folder.path, databaseUrl: await cluster.createDatabase() };
  await stormThrough(place, ['api', 'api', 'worker', 'worker']);
});

test('nor do they on the embedded database', { timeout: TIMEOUT_MS }, async () => {
  await using folder = await createTestFolder();
  await stormThrough({ dataDir: folder.path }, ['all']);
});
