import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listWork } from '../../src/studio/list-work.ts';
import {
  PermanentStageError,
  STAGES,
  type Stage,
  type StageProject,
  type StageResult,
} from '../../src/studio/stage.ts';
import { createLocalStudio, type Studio } from '../../src/studio/studio.ts';
import { contextOf, freshDataDir, longText, projectOf, strays } from './workshop.ts';

interface Shop {
  dataDir: string;
  studio: Studio;
  project: StageProject;
  work: string;
  library: string;
  run: (stage: Stage) => Promise<StageResult>;
}

async function openShop(changes: Partial<StageProject> = {}): Promise<Shop> {
  const dataDir = await freshDataDir();
  const studio = createLocalStudio({ dataDir });
  const project = projectOf(changes);
  return {
    dataDir,
    studio,
    project,
    work: join(dataDir, 'work', project.id),
    library: join(dataDir, 'library', project.id),
    run: (stage) => studio.run(stage, contextOf(project)),
  };
}

const published = ['captions.vtt', 'thumbnail.jpg', 'video.mp4'];

describe('the local studio', () => {
  it('takes a project through its stages and publishes three files', async () => {
    const { run, project, library, dataDir } = await openShop();
    for (const stage of STAGES.slice(0, -1)) expect(await run(stage)).toEqual({});
    expect(existsSync(library)).toBe(false);
    expect(await run('upload')).toEqual({
      videoUrl: `/library/${project.id}/video.mp4`,
      thumbnailUrl: `/library/${project.id}/thumbnail.jpg`,
      captionsUrl: `/library/${project.id}/captions.vtt`,
    });
    expect((await readdir(library)).sort()).toEqual(published);
    expect(await strays(dataDir)).toEqual([]);
  });

  it('remakes whatever earlier stages should have left', async () => {
    const { run, library } = await openShop();
    await run('upload');
    expect((await readdir(library)).sort()).toEqual(published);
  });

  it('does not make again what is whole', async () => {
    const { run, work } = await openShop();
    for (const stage of STAGES) await run(stage);
    const before = await stat(join(work, 'render', 'video.mp4'));
    for (const stage of STAGES) await run(stage);
    const after = await stat(join(work, 'render', 'video.mp4'));
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
  });

  it.each([
    ['script.json is gone', 'script/script.json', (path: string) => rm(path)],
    ['script.json is cut short', 'script/script.json', (path: string) => truncate(path, 20)],
    ['script.json was overwritten', 'script/script.json', (path: string) => writeFile(path, '{"scenes":[]}')],
    ['a slide is gone', 'assets/slide-0002.png', (path: string) => rm(path)],
    ['a slide is cut short', 'assets/slide-0001.png', (path: string) => truncate(path, 1000)],
    ['the seal is not JSON', 'assets/seal.json', (path: string) => writeFile(path, 'oops')],
    ['the video is empty', 'render/video.mp4', (path: string) => truncate(path, 0)],
    ['the thumbnail is a folder', 'thumbnail/thumbnail.jpg', replaceByFolder],
  ])('remakes a stage when %s', async (_what, file, damage) => {
    const { run, work, dataDir } = await openShop();
    for (const stage of STAGES.slice(0, -1)) await run(stage);
    const path = join(work, file);
    const whole = await readFile(path);
    await damage(path);
    await run('upload');
    const remade = await readFile(path);
    // The time of its making is in the video, and how its encoder's threads shared the work.
    if (file.endsWith('.mp4')) expect(Math.abs(remade.length / whole.length - 1)).toBeLessThan(0.05);
    else expect(remade.equals(whole)).toBe(true);
    expect(await strays(dataDir)).toEqual([]);
  });

  it('publishes again over a folder that was damaged', async () => {
    const { run, library, dataDir } = await openShop();
    for (const file of published) {
      await run('upload');
      await rm(join(library, file));
      await run('upload');
      expect((await readdir(library)).sort()).toEqual(published);
    }
    await writeFile(join(library, 'video.mp4'), (await readFile(join(library, 'video.mp4'))).subarray(0, -1));
    await run('upload');
    expect(await strays(dataDir)).toEqual([]);
  });

  it('needs no sources for what is published', async () => {
    const { run, studio, project, work, library } = await openShop();
    const result = await run('upload');
    const { ino } = await stat(join(library, 'video.mp4'));
    await studio.discardWork(project.id);
    expect(await run('upload')).toEqual(result);
    expect((await stat(join(library, 'video.mp4'))).ino).toBe(ino);
    expect(existsSync(work)).toBe(false);
  });

  it('makes one good result when the same stage runs twice at once', async () => {
    const { run, library, work, dataDir } = await openShop({ content: longText(600) });
    for (const stage of STAGES) {
      const [one, other] = await Promise.all([run(stage), run(stage)]);
      expect(one).toEqual(other);
    }
    expect((await readdir(library)).sort()).toEqual(published);
    expect((await readdir(work)).sort()).toEqual(['assets', 'render', 'script', 'thumbnail']);
    expect(await strays(dataDir)).toEqual([]);
  });

  it('makes an aged work folder of other texts anew', async () => {
    const { run, studio, project, work } = await openShop();
    await run('assets');
    await studio.run('assets', contextOf({ ...project, content: longText(800) }));
    expect((await readdir(join(work, 'assets'))).length).toBeGreaterThan(5);
  });

  it('refuses for good a text that has nothing to show', async () => {
    const { run, dataDir } = await openShop({ content: ' \n\t\u0000 '.repeat(200) });
    await expect(run('script')).rejects.toBeInstanceOf(PermanentStageError);
    await expect(run('upload')).rejects.toBeInstanceOf(PermanentStageError);
    expect(await strays(dataDir)).toEqual([]);
  });

  it.each(['../../etc', '', '.', 'a/b', `${'0'.repeat(8)}-0000-7000-8000-${'0'.repeat(12)}/..`])(
    'refuses the id %j, which would lead elsewhere',
    async (id) => {
      const { studio, project, dataDir } = await openShop();
      for (const stage of STAGES) {
        await expect(studio.run(stage, contextOf({ ...project, id }))).rejects.toBeInstanceOf(PermanentStageError);
      }
      await expect(studio.discardWork(id)).rejects.toBeInstanceOf(PermanentStageError);
      expect(await readdir(dataDir)).toEqual([]);
    },
  );
});

describe('discardWork', () => {
  it('removes the work of one project only, at any time and twice', async () => {
    const { run, studio, project, library, dataDir } = await openShop();
    const other = projectOf();
    await studio.run('script', contextOf(other));
    await studio.discardWork(project.id);
    await run('upload');
    expect((await listWork(dataDir)).sort()).toEqual([project.id, other.id].sort());
    await studio.discardWork(project.id);
    await studio.discardWork(project.id);
    expect(await listWork(dataDir)).toEqual([other.id]);
    expect((await readdir(library)).sort()).toEqual(published);
  });

  it('may come while a stage runs, which then fails or ends', async () => {
    const { run, studio, project, dataDir } = await openShop({ content: longText(600) });
    const running = run('render').catch((error: unknown) => error);
    await studio.discardWork(project.id);
    await running;
    await studio.discardWork(project.id);
    expect(await listWork(dataDir)).toEqual([]);
  });
});

describe('listWork', () => {
  it('has nothing to list before the first project', async () => {
    expect(await listWork(await freshDataDir())).toEqual([]);
  });

  it('lists projects and nothing else', async () => {
    const { run, project, dataDir } = await openShop();
    await run('script');
    await mkdir(join(dataDir, 'work', 'lost+found'));
    await writeFile(join(dataDir, 'work', randomUUID()), 'a file');
    expect(await listWork(dataDir)).toEqual([project.id]);
  });
});

async function replaceByFolder(path: string): Promise<void> {
  await rm(path);
  await mkdir(path);
}
