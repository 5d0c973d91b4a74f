import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PermanentStageError, STAGES, type Stage } from '../../src/studio/stage.ts';
import { createLocalStudio } from '../../src/studio/studio.ts';
import { contextOf, freshDataDir, projectOf, strays } from './workshop.ts';

// A real one takes the right to mount it (test/faults/full-disk.faults.ts); this is what Node says then, at each file.
const disk = vi.hoisted(() => ({ failing: undefined as RegExp | undefined, code: 'ENOSPC' }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs/promises')>();
  const check = (path: unknown): void => {
    if (!disk.failing?.test(String(path))) return;
    const message = `${disk.code}: no space left on device, write '${path}'`;
    throw Object.assign(new Error(message), { code: disk.code, syscall: 'write', path });
  };
  const failing = <Call extends (path: never, ...rest: never[]) => unknown>(call: Call): Call =>
    new Proxy(call, {
      apply: async (target, self, args) => {
        check(args[0]);
        return Reflect.apply(target, self, args);
      },
    });
  return {
    ...fs,
    writeFile: failing(fs.writeFile),
    link: failing(fs.link),
    async open(path: string, flags: string) {
      const file = await fs.open(path, flags);
      const write: (...args: never[]) => unknown = file.write;
      const checked = async (...args: never[]): Promise<unknown> => {
        check(path);
        return Reflect.apply(write, file, args);
      };
      return Object.assign(file, { write: checked });
    },
  };
});

beforeEach(() => {
  disk.failing = undefined;
  disk.code = 'ENOSPC';
});

const firstFiles: [Stage, RegExp][] = [
  ['script', /script\.json/],
  ['assets', /slide-0002/],
  ['assets', /seal\.json/],
  ['render', /video\.mp4/],
  ['thumbnail', /thumbnail\.jpg/],
  ['upload', /captions\.vtt/],
];

describe('a full disk', () => {
  it.each(firstFiles)(
    'fails %s at %s with a short message, leaves nothing, and can be retried',
    async (stage, file) => {
      const dataDir = await freshDataDir();
      const studio = createLocalStudio({ dataDir });
      const project = projectOf();
      for (const earlier of STAGES.slice(0, STAGES.indexOf(stage))) await studio.run(earlier, contextOf(project));

      disk.failing = file;
      const error = await studio.run(stage, contextOf(project)).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ message: 'the disk is full' });
      expect(error).not.toBeInstanceOf(PermanentStageError);
      expect(await strays(dataDir)).toEqual([]);

      disk.failing = undefined;
      await studio.run(stage, contextOf(project));
    },
  );

  it('names a code that it does not know, and no path', async () => {
    const dataDir = await freshDataDir();
    disk.failing = /script\.json/;
    disk.code = 'EWEIRD';
    const run = createLocalStudio({ dataDir }).run('script', contextOf(projectOf()));
    await expect(run).rejects.toThrow(/^the disk failed \(EWEIRD\)$/);
  });
});

describe('a disk without links', () => {
  it('gets copies', async () => {
    const dataDir = await freshDataDir();
    const project = projectOf();
    disk.failing = /\/work\/.*\.(?:mp4|jpg|vtt)$/;
    disk.code = 'EPERM';
    const studio = createLocalStudio({ dataDir });
    disk.failing = undefined;
    await studio.run('render', contextOf(project));
    await studio.run('thumbnail', contextOf(project));
    disk.failing = /\/(?:render|thumbnail|assets)\//;
    await studio.run('upload', contextOf(project));
    expect(await readdir(join(dataDir, 'library', project.id))).toHaveLength(3);
  });
});

describe('a data folder that can’t be one', () => {
  it('is told of without its path', async () => {
    const dataDir = await freshDataDir();
    await writeFile(join(dataDir, 'work'), 'a file');
    const run = createLocalStudio({ dataDir }).run('script', contextOf(projectOf()));
    await expect(run).rejects.toThrow(/^the data folder has a file where a folder should be$/);
  });
});
