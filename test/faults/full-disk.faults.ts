import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createBatch } from '../../src/batches/create.ts';
import { EVERYBODYS } from '../../src/batches/owner.ts';
import { retryBatch } from '../../src/batches/retry.ts';
import type { JobQueue } from '../../src/engine/queue.ts';
import { STAGES, type Stage } from '../../src/studio/stage.ts';
import { createLocalStudio, type Studio } from '../../src/studio/studio.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import { batchInput, openTestQueue, startTestEngine, testLimits } from '../helpers/engine.ts';
import { watchLog } from '../helpers/log.ts';
import { batchEnded } from '../helpers/wait.ts';
import { longText, strays } from '../studio/workshop.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

const PUBLISHED = ['captions.vtt', 'thumbnail.jpg', 'video.mp4'];

let db: TestDatabase;
let queue: JobQueue;
let disk: SmallDisk;
beforeEach(async () => {
  disk = await mountSmallDisk();
  db = await createTestDatabase();
  queue = await openTestQueue(db.database);
});
afterEach(async () => {
  await queue[Symbol.asyncDispose]();
  await db[Symbol.asyncDispose]();
  await disk[Symbol.asyncDispose]();
});

/** A studio on the small disk, to which `harm` is done just before a stage begins for the first time. */
function studioHarmedAt(stage: Stage, harm: () => Promise<void>): Studio {
  const studio = createLocalStudio({ dataDir: disk.path });
  let isDone = false;
  return {
    ...studio,
    async run(next, context) {
      if (next === stage && !isDone) {
        isDone = true;
        await harm();
      }
      return studio.run(next, context);
    },
  };
}

const create = async (names: readonly string[]) =>
  (
    await createBatch(
      db.database,
      queue,
      testLimits,
      batchInput(0, { projects: names.map((name) => ({ name, content: longText(600) })) }),
    )
  ).batch;

/** Each project's folder in the library, whole or not there at all. */
async function published(): Promise<string[][]> {
  const library = join(disk.path, 'library');
  const folders = existsSync(library) ? (await readdir(library)).filter((name) => !name.startsWith('.')) : [];
  return Promise.all(folders.map(async (folder) => (await readdir(join(library, folder))).sort()));
}

/** So that each stage begins to write and does not come to its end; a link, which is all that upload makes, takes a name only. */
const ROOM = {
  script: { leaveBytes: 0 },
  assets: { leaveBytes: 16_384 },
  render: { leaveBytes: 16_384 },
  thumbnail: { leaveBytes: 16_384 },
  upload: 'names',
} as const;

const HARMS = [
  ['is full', 'the disk is full', (stage: Stage) => disk.fill(ROOM[stage]), () => disk.free()],
  ['is read-only', 'the data folder is read-only', () => disk.setReadOnly(true), () => disk.setReadOnly(false)],
] as const;

describe.each(HARMS)('while the disk %s', (_what, message, harm, mend) => {
  test.each(STAGES)(
    '%s fails and is tried again, nothing half made is there, and it goes on by itself',
    async (stage) => {
      const { log, logged, lines } = watchLog();
      const studio = studioHarmedAt(stage, () => harm(stage));
      // One at a time: else the other's file that is being written keeps the disk from being read-only.
      await using _engine = await startTestEngine(db.database, queue, studio, {
        log,
        concurrency: 1,
        stageTries: 50,
        backoffMs: 100,
      });
      const batches = [await create(['first', 'second']), await create(['other'])];
      const failure = await logged(({ msg, tries }) => msg === 'stage failed' && tries === 3);
      // The log has the path as well, which is the operator's.
      expect(failure['err']).toMatchObject({ message: expect.stringMatching(`^${message}: E`) });
      expect(lines.some((line) => line['stage'] === stage && line['msg'] === 'stage failed')).toBe(true);
      // Between two tries; the pauses become longer.
      await expect.poll(() => strays(disk.path)).toEqual([]);
      expect(await published()).toEqual([]);
      expect(await db.database.prisma.project.count({ where: { status: { in: ['FAILED', 'COMPLETED'] } } })).toBe(0);
      await mend();
      for (const batch of batches) {
        expect(await batchEnded(db.database, batch.id)).toMatchObject({ failedProjects: 0, status: 'COMPLETED' });
      }
      expect(await published()).toEqual([PUBLISHED, PUBLISHED, PUBLISHED]);
      expect(await strays(disk.path)).toEqual([]);
      // A broken run would be one that nobody meant.
      expect(lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
    },
  );

  test.each(STAGES)(
    'for too long, the project is FAILED at %s with what is wrong, and can be retried',
    async (stage) => {
      const studio = studioHarmedAt(stage, () => harm(stage));
      await using _engine = await startTestEngine(db.database, queue, studio, { concurrency: 1, stageTries: 2 });
      const batch = await create(['only']);
      expect(await batchEnded(db.database, batch.id)).toMatchObject({ failedProjects: 1 });
      expect(await db.database.prisma.project.findMany()).toMatchObject([
        { status: 'FAILED', errorMessage: `${stage}: ${message}`, videoUrl: null },
      ]);
      expect(await published()).toEqual([]);
      await mend();
      await retryBatch(db.database, queue, batch.id, EVERYBODYS);
      expect(await batchEnded(db.database, batch.id)).toMatchObject({ completedProjects: 1 });
      expect(await published()).toEqual([PUBLISHED]);
    },
  );
});
