import { readFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AvFrameVideoSampleResource } from '@mediabunny/server';
import { loadImage, type SKRSContext2D } from '@napi-rs/canvas';
import { VideoSample } from 'mediabunny';
import { AV_PIX_FMT_YUV420P, FFmpegError, Frame, Rational } from 'node-av';
import { frameHeightPx, frameWidthPx } from './frame.ts';
import { type Plane, rgbaToI420 } from './yuv.ts';

/** Pixels are fetched and converted in strips, about 5 ms each, and others get their turn in between. */
const stripHeightPx = 180;

/**
 * Reads a slide as a picture for the encoder, to be shown as often as needed by setting its time, and closed
 * at the end. The pixels lie in the encoder's own memory: mediabunny would copy them for each frame.
 */
export async function readPicture(path: string, context: SKRSContext2D): Promise<VideoSample> {
  const image = await loadImage(await readFile(path));
  context.drawImage(image, 0, 0, frameWidthPx, frameHeightPx);
  const frame = emptyFrame();
  const planes = [planeOf(frame, 0), planeOf(frame, 1), planeOf(frame, 2)] as const;
  for (let topPx = 0; topPx < frameHeightPx; topPx += stripHeightPx) {
    await nextTurn();
    const { data } = context.getImageData(0, topPx, frameWidthPx, stripHeightPx);
    const [luma, blueness, redness] = planes;
    // The planes of colour have half as many rows.
    const strips = [below(luma, topPx), below(blueness, topPx / 2), below(redness, topPx / 2)] as const;
    rgbaToI420(data, frameWidthPx, stripHeightPx, strips);
  }
  return new VideoSample(new AvFrameVideoSampleResource(frame), { timestamp: 0 });
}

function below({ bytes, strideBytes }: Plane, rows: number): Plane {
  return { bytes: bytes.subarray(rows * strideBytes), strideBytes };
}

/**
 * A frame with memory of its own. Frame.fromVideoBuffer would be shorter and must not be used: it says that
 * it copies, and keeps a bare pointer into the buffer, which crashes the process once that is collected.
 */
function emptyFrame(): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.width = frameWidthPx;
  frame.height = frameHeightPx;
  frame.format = AV_PIX_FMT_YUV420P;
  frame.sampleAspectRatio = new Rational(1, 1);
  FFmpegError.throwIfError(frame.allocBuffer(), 'no memory for a picture');
  return frame;
}

function planeOf(frame: Frame, index: number): Plane {
  const bytes = frame.data?.[index];
  const strideBytes = frame.linesize[index];
  if (!bytes || !strideBytes) throw new Error('the picture has no memory');
  return { bytes, strideBytes };
}
