import { describe, expect, it } from 'vitest';
import { STAGES, type Stage } from '../../src/studio/stage.ts';
import { createLocalStudio } from '../../src/studio/studio.ts';
import { contextOf, freshDataDir, longText, projectOf, strays } from './workshop.ts';

const reason = new Error('the batch was cancelled');

describe('an aborted stage', () => {
  it.each(STAGES)('%s stops within a second of its beginning', async (stage) => {
    const dataDir = await freshDataDir();
    const studio = createLocalStudio({ dataDir });
    const controller = new AbortController();
    const context = contextOf(projectOf({ content: longText(10_000) }), { signal: controller.signal });
    const run = studio.run(stage, context);
    const startedMs = performance.now();
    controller.abort(reason);
    await expect(run).rejects.toBe(reason);
    expect(performance.now() - startedMs).toBeLessThan(1000);
    expect(await strays(dataDir)).toEqual([]);
  });

  it.each<Stage>(['assets', 'render', 'upload'])('%s stops within a second in its middle', async (stage) => {
    const dataDir = await freshDataDir();
    const studio = createLocalStudio({ dataDir });
    const project = projectOf({ content: longText(stage === 'upload' ? 500 : 3000) });
    for (const earlier of STAGES.slice(0, STAGES.indexOf(stage))) await studio.run(earlier, contextOf(project));

    const controller = new AbortController();
    let abortedMs = 0;
    const fractions: number[] = [];
    const onProgress = (fraction: number): void => {
      fractions.push(fraction);
      if (fractions.length !== 2) return;
      abortedMs = performance.now();
      controller.abort(reason);
    };
    await expect(studio.run(stage, { project, signal: controller.signal, onProgress })).rejects.toBe(reason);
    expect(performance.now() - abortedMs).toBeLessThan(1000);
    expect(fractions.length).toBeLessThan(6);
    expect(await strays(dataDir)).toEqual([]);

    // And nothing that it left is in the way.
    await studio.run(stage, contextOf(project));
  });

  it('does not begin when the abort came first', async () => {
    const dataDir = await freshDataDir();
    const context = contextOf(projectOf(), { signal: AbortSignal.abort(reason) });
    for (const stage of STAGES) await expect(createLocalStudio({ dataDir }).run(stage, context)).rejects.toBe(reason);
  });
});
