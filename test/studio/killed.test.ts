import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listWork } from '../../src/studio/list-work.ts';
import { STAGES, type Stage, type StageProject } from '../../src/studio/stage.ts';
import { createLocalStudio } from '../../src/studio/studio.ts';
import { contextOf, freshDataDir, longText, projectOf, strays } from './workshop.ts';

const published = ['captions.vtt', 'thumbnail.jpg', 'video.mp4'];

/** Runs a stage in another process, which kills itself at the given step; 0 is never. Whether it got to the end. */
function runElsewhere(dataDir: string, stage: Stage, project: StageProject, step: number): Promise<boolean> {
  const child = join(import.meta.dirname, 'dying-run.ts');
  return new Promise((resolve, reject) => {
    const args = [child, dataDir, stage, JSON.stringify(project), String(step)];
    execFile(process.execPath, args, (error, stdout, stderr) => {
      if (error && error.signal !== 'SIGKILL') reject(new Error(stderr, { cause: error }));
      else resolve(stdout === 'done');
    });
  });
}

function resultOf(dataDir: string, stage: Stage, id: string): string {
  if (stage === 'upload') return join(dataDir, 'library', id);
  return join(dataDir, 'work', id, stage);
}

/** Kills a stage at every other step, from this one on, and runs it again each time. How often it died. */
async function killAtSteps(stage: Stage, firstStep: number): Promise<number> {
  const dataDir = await freshDataDir();
  const studio = createLocalStudio({ dataDir });
  const project = projectOf();
  const result = resultOf(dataDir, stage, project.id);
  const fileCount = stage === 'upload' ? 3 : 2;
  for (const earlier of STAGES.slice(0, STAGES.indexOf(stage))) await studio.run(earlier, contextOf(project));

  for (let step = firstStep, deaths = 0; ; step += 2, deaths += 1) {
    if (await runElsewhere(dataDir, stage, project, step)) return deaths;
    if (existsSync(result)) expect((await readdir(result)).length).toBeGreaterThanOrEqual(fileCount);
    await studio.run(stage, contextOf(project));
    expect(await strays(dataDir)).toEqual([]);
    if (stage === 'upload') expect((await readdir(result)).sort()).toEqual(published);
    await rm(result, { recursive: true });
  }
}

describe('a killed process', () => {
  it.each(STAGES)(
    'leaves %s so that it can run again, whichever step it died at',
    { timeout: 120_000 },
    async (stage) => {
      const [odd, even] = await Promise.all([1, 2].map((firstStep) => killAtSteps(stage, firstStep)));
      expect(odd).toBeGreaterThan(2);
      expect(even).toBeGreaterThan(1);
    },
  );

  it('leaves nothing that discardWork would not remove', async () => {
    const dataDir = await freshDataDir();
    const project = projectOf();
    for (const stage of STAGES.slice(0, -1)) await createLocalStudio({ dataDir }).run(stage, contextOf(project));
    expect(await runElsewhere(dataDir, 'upload', project, 8)).toBe(false);
    await rm(join(dataDir, 'work', project.id, 'script'), { recursive: true });
    expect(await runElsewhere(dataDir, 'script', project, 3)).toBe(false);
    expect(await listWork(dataDir)).toEqual([project.id]);
    // What it put together for the library is told of by itself, too.
    await rm(join(dataDir, 'work'), { recursive: true });
    expect(await listWork(dataDir)).toEqual([project.id]);
    await createLocalStudio({ dataDir }).discardWork(project.id);
    expect(await listWork(dataDir)).toEqual([]);
    expect(await strays(dataDir)).toEqual([]);
  });
});

describe('two processes that run the same stage', () => {
  it('both succeed and leave one whole result', { timeout: 60_000 }, async () => {
    const dataDir = await freshDataDir();
    const project = projectOf({ content: longText(600) });
    for (const stage of STAGES) {
      const ends = await Promise.all([1, 2].map(() => runElsewhere(dataDir, stage, project, 0)));
      expect(ends).toEqual([true, true]);
    }
    expect((await readdir(join(dataDir, 'library', project.id))).sort()).toEqual(published);
    expect(await strays(dataDir)).toEqual([]);
  });
});
