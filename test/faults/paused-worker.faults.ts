import { expect, test } from 'vitest';
import { CREATE, PAUSE, RESUME } from '../graphql/documents.ts';
import { type Cluster, createCluster } from '../helpers/cluster.ts';
import { createTestFolder, type ServiceProcess } from '../helpers/process.ts';
import { ask } from './api.ts';
import {
  expectAllTold,
  expectCompletedOnce,
  expectNoErrors,
  expectNoStageAgain,
  expectWholeFiles,
} from './expectations.ts';
import { BatchFollower } from './follower.ts';
import { inDatabase, type Place, type Role, startRole, urlOf } from './service.ts';
import { SMALL_TEXT } from './workload.ts';

const TIMEOUT_MS = 300_000;
/** Its render takes seconds. */
const LONG_TEXT = Array.from({ length: 40 }, () => 'The light came on. Nobody had touched the switch since noon.').join(
  '\n\n',
);
const NO_LONGER_HELD = /no longer held by this worker/;

interface Scene extends AsyncDisposable {
  place: Place;
  cluster: Cluster;
  /** The API process's address. */
  url: string;
  start(role: Role): ServiceProcess;
  /** Everything that was started. */
  processes: readonly ServiceProcess[];
  /** Makes a batch of these texts, and follows it; gives its global id. */
  submit(...texts: readonly string[]): Promise<{ id: string; follower: BatchFollower; ended: Promise<void> }>;
}

async function openScene(): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(await createCluster());
  const { path: dataDir } = stack.use(await createTestFolder());
  const place = { dataDir, databaseUrl: await cluster.createDatabase() };
  const started = stack.use(new AsyncDisposableStack());
  const processes: ServiceProcess[] = [];
  const start = (role: Role) => {
    // One project at a time: whoever is stopped with one in hand has no other.
    const process = started.use(startRole(role, place, { WORKER_CONCURRENCY: '1', LOG_LEVEL: 'debug' }));
    processes.push(process);
    return process;
  };
  const url = await urlOf(start('api'));
  const everything = stack.move();
  return {
    place,
    cluster,
    url,
    start,
    processes,
    async submit(...texts) {
      const projects = texts.map((content, at) => ({ name: `Project ${at + 1}`, content }));
      const { data } = await ask(url, CREATE, {
        input: { name: 'A batch', geminiModel: 'gemini-1.5-flash', projects },
      });
      const made = data?.createBatch;
      const id = made?.__typename === 'CreateBatchSuccess' ? made.batch.id : '';
      const follower = new BatchFollower(id, 'websocket');
      return { id, follower, ended: follower.follow([url]) };
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

async function stop(process: ServiceProcess): Promise<void> {
  process.child.kill('SIGTERM');
  expect(await process.ended()).toBe(0);
}

/** Stops everybody; then nothing is found to have happened twice. */
async function expectAllOnce({ place, processes }: Scene, followers: readonly BatchFollower[], projects: number) {
  await Promise.all(processes.filter(({ child }) => child.exitCode === null).map(stop));
  await inDatabase(place, async (sql) => {
    await expectCompletedOnce(sql, projects);
    await expectNoStageAgain(sql, processes);
    await expectAllTold(sql, followers);
    await expectWholeFiles(sql, place.dataDir);
  });
}

test.each([
  ['while its heir is at work', /"stage":"render".*"stage started"/],
  ['after its heir has completed it', /"stage":"upload".*"stage finished"/],
])(
  'a worker that was stopped in the midst of a render, and goes on %s, has lost it and notices',
  { timeout: TIMEOUT_MS },
  async (_when, sign) => {
    await using scene = await openScene();
    const workers = [scene.start('worker'), scene.start('worker')];
    const first = await scene.submit(LONG_TEXT);
    const sleeper = await Promise.any(
      workers.map((worker) => worker.said(/"stage":"render".*"stage started"/).then(() => worker)),
    );
    sleeper.child.kill('SIGSTOP');
    const [heir] = workers.filter((worker) => worker !== sleeper);
    await heir?.said(sign);
    sleeper.child.kill('SIGCONT');
    await sleeper.said(NO_LONGER_HELD);
    await first.ended;
    // By itself it does the next one: it has lost nothing else.
    heir?.child.kill('SIGTERM');
    expect(await heir?.ended()).toBe(0);
    const second = await scene.submit(SMALL_TEXT);
    await second.ended;
    expectNoErrors(scene.processes);
    await expectAllOnce(scene, [first.follower, second.follower], 2);
    await inDatabase(scene.place, async (sql) => {
      const claims = await sql(`SELECT claim FROM projects ORDER BY created_at`);
      expect(claims).toEqual([{ claim: 2 }, { claim: 1 }]);
    });
  },
);

test('a worker that was stopped in the midst of a transaction keeps nobody from its batch for long', {
  timeout: TIMEOUT_MS,
}, async () => {
  await using scene = await openScene();
  const { place, cluster, url } = scene;
  // Whoever is the first to claim a project is kept waiting for the answer, with its batch locked.
  await inDatabase(place, async (sql) => {
    await sql('CREATE SEQUENCE claims');
    await sql(`CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF nextval('claims') = 1 THEN PERFORM pg_sleep(5); END IF; RETURN NEW; END $$`);
    await sql(`CREATE TRIGGER dawdle BEFORE UPDATE ON projects FOR EACH ROW
      WHEN (NEW.claim > OLD.claim) EXECUTE FUNCTION dawdle()`);
  });
  const sleeper = scene.start('worker');
  const { id, follower, ended } = await scene.submit(SMALL_TEXT, SMALL_TEXT, SMALL_TEXT);
  const isDawdling = async () => {
    const rows = await cluster.adminSql(`SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`);
    return rows.length > 0;
  };
  await expect.poll(isDawdling).toBe(true);
  sleeper.child.kill('SIGSTOP');
  expect(await isDawdling()).toBe(true);
  const heir = scene.start('worker');
  expect((await ask(url, PAUSE, { id })).data?.pauseBatch).toMatchObject({ __typename: 'PauseBatchSuccess' });
  expect((await ask(url, RESUME, { id })).data?.resumeBatch).toMatchObject({ __typename: 'ResumeBatchSuccess' });
  await ended;
  sleeper.child.kill('SIGCONT');
  const again = await scene.submit(SMALL_TEXT);
  heir.child.kill('SIGTERM');
  expect(await heir.ended()).toBe(0);
  await again.ended;
  await expectAllOnce(scene, [follower, again.follower], 4);
});
