import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { captionsFile } from './assets.ts';
import { hasCode } from './disk-error.ts';
import { videoFile } from './render.ts';
import { thumbnailFile } from './thumbnail.ts';

/**
 * Whether a library folder holds all of its files, none cut short. A folder gets its name in one step, so
 * that anything else was done to it later, by a power cut or by hand.
 */
export async function isPublished(folder: string): Promise<boolean> {
  return (
    (await isWhole(join(folder, videoFile), isWholeMp4)) &&
    (await isWhole(join(folder, thumbnailFile), isWholeJpeg)) &&
    (await isWhole(join(folder, captionsFile), isWholeVtt))
  );
}

async function isWhole(
  path: string,
  check: (file: FileHandle, sizeBytes: number) => Promise<boolean>,
): Promise<boolean> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    return await check(file, size);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return false;
    throw error;
  }
}

/** An MP4 is a row of boxes, each with its size in front: they end where the file ends. */
async function isWholeMp4(file: FileHandle, sizeBytes: number): Promise<boolean> {
  const kinds = new Set<string>();
  let at = 0;
  while (at < sizeBytes) {
    const head = await read(file, at, 16);
    if (head.length < 8) return false;
    kinds.add(head.toString('latin1', 4, 8));
    const short = head.readUInt32BE(0);
    // A size of 1 says that the real one, of 64 bits, comes after the kind.
    const boxBytes = short === 1 && head.length === 16 ? Number(head.readBigUInt64BE(8)) : short;
    if (boxBytes < 8) return false;
    at += boxBytes;
  }
  return at === sizeBytes && kinds.has('ftyp') && kinds.has('moov') && kinds.has('mdat');
}

async function isWholeJpeg(file: FileHandle, sizeBytes: number): Promise<boolean> {
  const start = await read(file, 0, 2);
  const end = await read(file, Math.max(0, sizeBytes - 2), 2);
  return start.toString('hex') === 'ffd8' && end.toString('hex') === 'ffd9';
}

async function isWholeVtt(file: FileHandle, sizeBytes: number): Promise<boolean> {
  const start = await read(file, 0, 6);
  const end = await read(file, Math.max(0, sizeBytes - 1), 1);
  return start.toString('latin1') === 'WEBVTT' && end.toString('latin1') === '\n';
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
