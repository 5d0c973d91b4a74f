import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ALL_FORMATS, FilePathSource, Input } from 'mediabunny';
import { expect, test } from 'vitest';
import { createBatch } from '../../src/batches/create.ts';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { scenesOf } from '../../src/studio/scenes.ts';
import { STAGES, type Stage } from '../../src/studio/stage.ts';
import { createTestDatabase, testBackend } from '../helpers/database.ts';
import { openTestQueue, testLimits } from '../helpers/engine.ts';
import { createTestFolder, runProcess, type ServiceProcess } from '../helpers/process.ts';

const PARAGRAPH = 'The light came on. Nobody had touched the switch since noon, and the door was locked from inside.';

/** What processes of the service stand on, and how a test looks into it while none of them runs. */
interface Place extends AsyncDisposable {
  dataDir: string;
  start(): ServiceProcess;
  /** Opens the database for as long as `body` runs; on PGlite no process may have it meanwhile. */
  inDatabase<T>(body: (database: Database) => Promise<T>): Promise<T>;
}

async function createPlace(): Promise<Place> {
  await using stack = new AsyncDisposableStack();
  const { path: dataDir } = stack.use(await createTestFolder());
  const url = testBackend === 'postgres' ? stack.use(await createTestDatabase()).url : undefined;
  const env = {
    DATA_DIR: dataDir,
    PORT: '0',
    WORKER_CONCURRENCY: '1',
    ...(url !== undefined && { DATABASE_URL: url, ROLE: 'worker' }),
  };
  const processes = stack.use(new AsyncDisposableStack());
  const done = stack.move();
  return {
    dataDir,
    start: () => processes.use(runProcess('main', env)),
    async inDatabase(body) {
      await using database = await openDatabase({ dataDir, databaseUrl: url });
      return await body(database);
    },
    [Symbol.asyncDispose]: () => done.disposeAsync(),
  };
}

/** One project with a text that is this many times as long. */
function createOne(place: Place, paragraphs: number): Promise<{ content: string }> {
  const content = Array.from({ length: paragraphs }, () => PARAGRAPH).join('\n\n');
  const projects = [{ name: 'A survivor', content }];
  const input = { owner: '', name: 'Kill', geminiModel: 'gemini-1.5-flash', projects };
  return place.inDatabase(async (database) => {
    await using queue = await openTestQueue(database);
    await createBatch(database, queue, testLimits, input);
    return { content };
  });
}

/** The stages that a process has finished, in order: also those that it could not record. */
function finishedStages({ output }: ServiceProcess): string[] {
  const lines = output.stderr.split('\n').filter((line) => line.includes('"stage finished"'));
  return lines.map((line) => /"stage":"(\w+)"/.exec(line)?.[1] ?? '');
}

/** Resolves with the first of the processes that finishes a stage. */
function whoFinishes(processes: readonly ServiceProcess[], stage: Stage): Promise<ServiceProcess> {
  const pattern = new RegExp(`"stage":"${stage}".*"stage finished"`);
  return Promise.any(processes.map((process) => process.said(pattern).then(() => process)));
}

async function stop(process: ServiceProcess): Promise<void> {
  process.child.kill('SIGTERM');
  expect(await process.ended()).toBe(0);
}

/** The project is completed, and its video is as long as its scenes. */
async function expectWhole(place: Place, content: string): Promise<void> {
  const [project] = await place.inDatabase(({ prisma }) => prisma.project.findMany());
  expect(project).toMatchObject({ status: 'COMPLETED', progress: 100, attempt: 1, errorMessage: null, workerId: null });
  const library = join(place.dataDir, 'library', project?.id ?? '');
  expect((await readdir(library)).filter((name) => name.includes('~'))).toEqual([]);
  using input = new Input({ source: new FilePathSource(join(library, 'video.mp4')), formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack();
  expect(await track?.getCodec()).toBe('avc');
  const lengthS = scenesOf(content).reduce((sum, { durationS }) => sum + durationS, 0);
  expect(await track?.computeDuration()).toBeCloseTo(lengthS, 3);
}

/** Every status change of the project, in order. */
function statuses(place: Place): Promise<unknown[]> {
  return place.inDatabase(async ({ prisma }) => {
    const events = await prisma.batchEvent.findMany({
      where: { kind: 'PROJECT_STATUS_CHANGED' },
      orderBy: [{ version: 'asc' }, { ordinal: 'asc' }],
    });
    return events.map(({ toStatus }) => toStatus);
  });
}

const EVERY_STATUS_ONCE = [
  'SCRIPT_GENERATING',
  'SCRIPT_GENERATED',
  'ASSETS_GENERATING',
  'ASSETS_GENERATED',
  'RENDERING',
  'RENDERED',
  'THUMBNAIL_GENERATING',
  'THUMBNAIL_GENERATED',
  'UPLOADING',
  'COMPLETED',
];

test('a process killed in each of the five stages costs that stage alone', { timeout: 300_000 }, async () => {
  await using place = await createPlace();
  const { content } = await createOne(place, 8);
  // The database takes its time over each stage's record for the first process that has done it, which
  // is killed meanwhile, and then refuses it, as if it had not come: the work is there, and nobody
  // knows of it.
  await place.inDatabase(async ({ prisma }) => {
    await prisma.$executeRawUnsafe(`CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_sleep(10); RAISE EXCEPTION 'nobody waits for this'; END $$`);
    await prisma.$executeRawUnsafe(`CREATE TRIGGER dawdle BEFORE UPDATE ON projects FOR EACH ROW
      WHEN (NEW.status <> OLD.status AND project_stages_done(NEW.status) = NEW.claim) EXECUTE FUNCTION dawdle()`);
  });

  const ofOnePlace = testBackend === 'postgres' ? 2 : 1;
  const living = new Set(Array.from({ length: ofOnePlace }, () => place.start()));
  const killed: ServiceProcess[] = [];
  for (const stage of STAGES) {
    const victim = await whoFinishes([...living], stage);
    victim.child.kill('SIGKILL');
    expect(await victim.ended()).toBe('SIGKILL');
    living.delete(victim);
    killed.push(victim);
    living.add(place.start());
  }
  const last = await whoFinishes([...living], 'upload');
  await Promise.all([...living].map(stop));

  expect([...killed, last].map(finishedStages)).toEqual([
    ['script'],
    ['script', 'assets'],
    ['assets', 'render'],
    ['render', 'thumbnail'],
    ['thumbnail', 'upload'],
    ['upload'],
  ]);
  expect(await statuses(place)).toEqual(EVERY_STATUS_ONCE);
  await expectWhole(place, content);
});

test('a process killed in the midst of a render leaves nothing that would spoil the next one', {
  timeout: 180_000,
}, async () => {
  await using place = await createPlace();
  const { content } = await createOne(place, 100);
  const first = place.start();
  await first.said(/"stage":"assets".*"stage finished"/);
  // A render of a hundred scenes takes longer than this by far: some of it is written.
  await expect
    .poll(
      async () =>
        (await readdir(join(place.dataDir, 'work'), { recursive: true })).some((name) => name.includes('.mp4')),
      {
        timeout: 60_000,
        interval: 20,
      },
    )
    .toBe(true);
  first.child.kill('SIGKILL');
  await first.ended();
  const second = place.start();
  await whoFinishes([second], 'upload');
  await stop(second);
  expect(finishedStages(first)).toEqual(['script', 'assets']);
  expect(finishedStages(second)).toEqual(['render', 'thumbnail', 'upload']);
  expect(await statuses(place)).toEqual(EVERY_STATUS_ONCE);
  await expectWhole(place, content);
});
