import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import {
  ALL_FORMATS,
  EncodedPacketSink,
  FilePathSource,
  Input,
  type InputVideoTrack,
  VideoSampleSink,
} from 'mediabunny';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scenesOf } from '../../src/studio/scenes.ts';
import { STAGES } from '../../src/studio/stage.ts';
import { createLocalStudio } from '../../src/studio/studio.ts';
import { contextOf, freshDataDir, longText, projectOf } from './workshop.ts';

async function produce(content: string): Promise<{ work: string; library: string; fractions: number[] }> {
  const dataDir = await freshDataDir();
  const studio = createLocalStudio({ dataDir });
  const project = projectOf({ content });
  const fractions: number[] = [];
  for (const stage of STAGES) {
    const onProgress = (fraction: number): number => (stage === 'render' ? fractions.push(fraction) : 0);
    await studio.run(stage, contextOf(project, { onProgress }));
  }
  return { work: join(dataDir, 'work', project.id), library: join(dataDir, 'library', project.id), fractions };
}

async function videoTrack(path: string): Promise<InputVideoTrack> {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  onTestFinished(() => input.dispose());
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw new Error('no video track');
  return track;
}

describe('a produced video', () => {
  const content = `${longText(700)}\n\n月亮從來沒有變過形狀：它永遠是一顆圓球。`;
  const scenes = scenesOf(content);
  const lengthS = scenes.reduce((sum, scene) => sum + scene.durationS, 0);

  it('is H.264 of the length of its scenes, with a key frame at the start of each', async () => {
    const { library } = await produce(content);
    const track = await videoTrack(join(library, 'video.mp4'));
    expect(await track.getCodec()).toBe('avc');
    expect([await track.getDisplayWidth(), await track.getDisplayHeight()]).toEqual([1280, 720]);
    expect(await track.computeDuration()).toBeCloseTo(lengthS, 3);
    expect(await track.getColorSpace()).toEqual({
      primaries: 'bt709',
      transfer: 'bt709',
      matrix: 'bt709',
      fullRange: false,
    });

    const keyTimes: number[] = [];
    for await (const packet of new EncodedPacketSink(track).packets()) {
      expect(packet.duration).toBeLessThanOrEqual(1);
      if (packet.type === 'key') keyTimes.push(packet.timestamp);
    }
    let startS = 0;
    const starts = scenes.map(({ durationS }) => {
      startS += durationS;
      return startS - durationS;
    });
    expect(keyTimes).toEqual(starts);
  });

  it('shows the slide of each scene, in its colours, to the end', async () => {
    const { work, library } = await produce(content);
    const track = await videoTrack(join(library, 'video.mp4'));
    const sink = new VideoSampleSink(track);
    let endS = 0;
    for (const [index, { durationS }] of scenes.entries()) {
      endS += durationS;
      using sample = await sink.getSample(endS - 0.1);
      if (!sample) throw new Error('no frame');
      const seen = new Uint8Array(sample.allocationSize({ format: 'RGBA' }));
      await sample.copyTo(seen, { format: 'RGBA' });
      const slide = await readFile(join(work, 'assets', `slide-000${index + 1}.png`));
      expect(await meanDifference(slide, seen)).toBeLessThan(3);
    }
  });

  it('can be played while it loads: its index comes first', async () => {
    const { library } = await produce(content);
    const bytes = await readFile(join(library, 'video.mp4'));
    const kinds: string[] = [];
    for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at))
      kinds.push(bytes.toString('latin1', at + 4, at + 8));
    expect(kinds.indexOf('moov')).toBeGreaterThan(0);
    expect(kinds.indexOf('moov')).toBeLessThan(kinds.indexOf('mdat'));
  });

  it('comes with captions that end when it ends', async () => {
    const { library } = await produce(content);
    const vtt = await readFile(join(library, 'captions.vtt'), 'utf8');
    const times = Array.from(vtt.matchAll(/(\d\d):(\d\d):(\d\d\.\d{3})$/gm), ([, h, m, s]) => {
      return Number(h) * 3600 + Number(m) * 60 + Number(s);
    });
    expect(vtt.startsWith('WEBVTT\n\n1\n')).toBe(true);
    expect(times).toHaveLength(scenes.length);
    expect(times.at(-1)).toBe(lengthS);
  });

  it('reports its progress, growing to 1', async () => {
    const { fractions } = await produce(content);
    expect(fractions.length).toBeGreaterThan(10);
    expect(fractions).toEqual([...new Set(fractions)].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
  });

  it.each([
    ['the shortest', 'A name'],
    ['the longest in Chinese', '長'.repeat(200)],
    ['the longest in one word', 'W'.repeat(200)],
    ['an emoji', '🫠'],
  ])('has a thumbnail for a name that is %s', async (_what, name) => {
    const dataDir = await freshDataDir();
    const project = projectOf({ name });
    await createLocalStudio({ dataDir }).run('thumbnail', contextOf(project));
    const path = join(dataDir, 'work', project.id, 'thumbnail', 'thumbnail.jpg');
    const image = await loadImage(await readFile(path));
    expect([image.width, image.height]).toEqual([1280, 720]);
    expect((await stat(path)).size).toBeLessThan(2_000_000);
  });
});

/** Between the slide and what the video shows, per channel, 0 to 255. */
async function meanDifference(png: Buffer, rgba: Uint8Array): Promise<number> {
  const context = createCanvas(1280, 720).getContext('2d');
  context.drawImage(await loadImage(png), 0, 0);
  const { data } = context.getImageData(0, 0, 1280, 720);
  expect(rgba.length).toBe(data.length);
  let sum = 0;
  for (let at = 0; at < data.length; at += 1) sum += Math.abs((data[at] ?? 0) - (rgba[at] ?? 0));
  return sum / data.length;
}
