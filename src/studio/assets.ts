import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import { captionsOf } from './captions.ts';
import { frameHeightPx, frameWidthPx } from './frame.ts';
import { paletteOf } from './palette.ts';
import type { Scene } from './scenes.ts';
import { ensureScript } from './script.ts';
import { ensureSealed, type Sealed, type Work } from './sealed-folder.ts';
import { drawSlide } from './slide.ts';

/** The captions' file in the assets folder and in the library. */
export const captionsFile = 'captions.vtt';

/** PNGs are packed on other threads. More at a time than this would only take memory: 4 MB each. */
const lanes = 2;

/** What the assets stage has made: a slide for each scene, and the captions. */
export interface AssetsWork extends Sealed {
  scenes: Scene[];
}

/** The slide of a scene, counted from 0, in the assets folder. */
export function slideFile(index: number): string {
  return `slide-${String(index + 1).padStart(4, '0')}.png`;
}

/** The assets stage: draws the slides and writes the captions. */
export async function ensureAssets(work: Work, onProgress: (fraction: number) => void): Promise<AssetsWork> {
  const { digest, scenes } = await ensureScript(work);
  const { name, batchId } = work.project;
  const sealed = await ensureSealed(work, 'assets', [digest, name, batchId], async (folder) => {
    await writeFile(join(folder, captionsFile), captionsOf(scenes));
    await drawSlides(work, scenes, folder, onProgress);
  });
  return { ...sealed, scenes };
}

async function drawSlides(
  work: Work,
  scenes: readonly Scene[],
  folder: string,
  onProgress: (fraction: number) => void,
): Promise<void> {
  const palette = paletteOf(work.project.batchId);
  const waiting = scenes.entries();
  let done = 0;
  let hasFailed = false;

  const lane = async (): Promise<void> => {
    const canvas = createCanvas(frameWidthPx, frameHeightPx);
    for (const [index, { text }] of waiting) {
      if (hasFailed) return;
      work.signal.throwIfAborted();
      drawSlide(canvas, { name: work.project.name, text, number: index + 1, count: scenes.length }, palette);
      await writeFile(join(folder, slideFile(index)), await canvas.encode('png'));
      done += 1;
      onProgress(done / scenes.length);
    }
  };
  // Every lane is waited for, even after one has failed: none may write into a folder that is being removed.
  const failing = (error: unknown): never => {
    hasFailed = true;
    throw error;
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, () => lane().catch(failing)));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
