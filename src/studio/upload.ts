import { copyFile, link } from 'node:fs/promises';
import { join } from 'node:path';
import { openAside, settle } from './aside.ts';
import { captionsFile, ensureAssets } from './assets.ts';
import { hasCode } from './disk-error.ts';
import { isPublished } from './published.ts';
import { ensureVideo, videoFile } from './render.ts';
import type { Work } from './sealed-folder.ts';
import { ensureThumbnail, thumbnailFile } from './thumbnail.ts';

/**
 * The upload stage: video, thumbnail and captions appear together as the folder `target` of the library.
 * What is published already stays, and then needs no sources. Folders are put together in `staging`.
 */
export async function publish(
  work: Work,
  target: string,
  staging: string,
  onProgress: (fraction: number) => void,
): Promise<void> {
  if (await isPublished(target)) return;
  const quietly = (): void => undefined;
  const assets = await ensureAssets(work, quietly);
  const video = await ensureVideo(work, quietly);
  const thumbnail = await ensureThumbnail(work);
  const files = [
    [video.folder, videoFile],
    [thumbnail.folder, thumbnailFile],
    [assets.folder, captionsFile],
  ] as const;

  await using aside = await openAside(staging, work.project.id);
  for (const [index, [folder, file]] of files.entries()) {
    work.signal.throwIfAborted();
    await linkOrCopy(join(folder, file), join(aside.path, file));
    onProgress((index + 1) / (files.length + 1));
  }
  work.signal.throwIfAborted();
  await settle(aside, target, isPublished);
  onProgress(1);
}

/** A second name costs nothing and leaves the source for another run. Not every disk has them. */
async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    if (!hasCode(error, 'EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS')) throw error;
    await copyFile(source, target);
  }
}
