import { type FileHandle, open } from 'node:fs/promises';
import { registerMediabunnyServer } from '@mediabunny/server';
import { Mp4OutputFormat, Output, Quality, StreamTarget, type StreamTargetChunk, VideoSampleSource } from 'mediabunny';
import { bt709 } from './yuv.ts';

// No look for hardware: the same file comes out on every machine, and slides are quick anyhow.
registerMediabunnyServer({ hardwareContext: null });

/** Constant, so that small print is as sharp in a long text as in a short one; the file is as large as it must be. */
const quantizer = 20;

/** An MP4 that is being written. Dispose of it in any case: it holds an open file and the encoder. */
export interface Mp4File extends AsyncDisposable {
  /** Takes the frames, in order. */
  source: VideoSampleSource;
  /** Completes the file, its index at the front so that it plays while it loads. */
  finish(): Promise<void>;
}

/**
 * Begins an H.264 MP4 of at most this many frames. It goes to the disk as it comes, so that memory does not
 * grow with the video. Errors of the disk come out of the source or of finish.
 */
export async function openMp4(path: string, options: { title: string; mostFrames: number }): Promise<Mp4File> {
  const source = new VideoSampleSource({
    codec: 'avc',
    quality: new Quality({ quantizer }),
    // Longer than any scene lasts: scenes ask for their key frames themselves.
    keyFrameInterval: 3600,
    // No frames are held back: that takes 1.4 MB each, and slides have nothing to look ahead for.
    latencyMode: 'realtime',
    hardwareAcceleration: 'prefer-software',
    onEncodedPacket: (_packet, meta) => {
      if (meta?.decoderConfig) meta.decoderConfig.colorSpace = bt709;
    },
  });
  const file = await open(path, 'wx');
  const output = new Output({
    format: new Mp4OutputFormat({ fastStart: 'reserve' }),
    target: new StreamTarget(writableOf(file)),
  });
  output.addVideoTrack(source, { maximumPacketCount: options.mostFrames });
  output.setMetadataTags({ title: options.title });
  try {
    await output.start();
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    source,
    finish: () => output.finalize(),
    async [Symbol.asyncDispose]() {
      // After a failure, cancelling meets the same failure again: the first one counts.
      if (output.state !== 'finalized') await output.cancel().catch(() => undefined);
      await file.close();
    },
  };
}

function writableOf(file: FileHandle): WritableStream<StreamTargetChunk> {
  return new WritableStream({
    async write({ data, position }) {
      // One write may take a part only, as it does on a disk that is just full.
      for (let done = 0; done < data.byteLength; ) {
        const { bytesWritten } = await file.write(data, done, data.byteLength - done, position + done);
        done += bytesWritten;
      }
    },
  });
}
