import { readdir } from 'node:fs/promises';
import { ALL_FORMATS, FilePathSource, Input } from 'mediabunny';
import { expect, test } from 'vitest';
import { createTestFolder, runProcess } from '../helpers/process.ts';

test('the demo makes a playable MP4 of every example and ends with exit code 0', { timeout: 180_000 }, async () => {
  await using folder = await createTestFolder();
  await using demo = runProcess('demo', { DATA_DIR: folder.path });
  expect(await demo.ended()).toBe(0);

  const examples = await readdir('examples');
  const paths = demo.output.stdout.match(/\S+video\.mp4$/gm) ?? [];
  expect(paths).toHaveLength(examples.length);
  for (const path of paths) {
    using input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
    const video = await input.getPrimaryVideoTrack();
    expect(await video?.getCodec()).toBe('avc');
    expect(await input.computeDuration()).toBeGreaterThan(10);
  }
  expect(demo.output.stderr).toBe('');
});
