import { join } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import { type AssetsWork, ensureAssets, slideFile } from './assets.ts';
import { frameHeightPx, frameWidthPx } from './frame.ts';
import { frameTimesOf } from './frame-times.ts';
import { openMp4 } from './mp4-file.ts';
import { ensureSealed, type Sealed, type Work } from './sealed-folder.ts';
import { readPicture } from './slide-picture.ts';

/** The video's file in the render folder and in the library. */
export const videoFile = 'video.mp4';

/** The render stage: the slides as an H.264 MP4, each for as long as its scene lasts. */
export async function ensureVideo(work: Work, onProgress: (fraction: number) => void): Promise<Sealed> {
  const assets = await ensureAssets(work, () => undefined);
  return ensureSealed(work, 'render', [assets.digest, work.project.name], (folder) =>
    encode(work, assets, join(folder, videoFile), onProgress),
  );
}

async function encode(
  work: Work,
  assets: AssetsWork,
  path: string,
  onProgress: (fraction: number) => void,
): Promise<void> {
  const scenes = frameTimesOf(assets.scenes);
  const count = scenes.flat().length;
  const context = createCanvas(frameWidthPx, frameHeightPx).getContext('2d');
  let done = 0;

  await using mp4 = await openMp4(path, { title: work.project.name, mostFrames: count });
  for (const [scene, frames] of scenes.entries()) {
    using picture = await readPicture(join(assets.folder, slideFile(scene)), context);
    for (const [index, { startS, durationS }] of frames.entries()) {
      work.signal.throwIfAborted();
      picture.setTimestamp(startS);
      picture.setDuration(durationS);
      // A key frame at every scene, so that players seek to it at once.
      await mp4.source.add(picture, { keyFrame: index === 0 });
      done += 1;
      onProgress(done / count);
    }
  }
  await mp4.finish();
}
