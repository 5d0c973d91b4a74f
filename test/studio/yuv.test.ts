import { expect, it } from 'vitest';
import { rgbaToI420 } from '../../src/studio/yuv.ts';

// The BT.709 values of pure colours in limited range, from the standard.
it.each([
  ['black', [0, 0, 0], [16, 128, 128]],
  ['white', [255, 255, 255], [235, 128, 128]],
  ['red', [255, 0, 0], [63, 102, 240]],
  ['green', [0, 255, 0], [173, 42, 26]],
  ['blue', [0, 0, 255], [32, 240, 118]],
])('%s becomes what HD players take for it', (_name, rgb, yuv) => {
  const rgba = Uint8Array.from({ length: 4 * 2 * 4 }, (_, index) => [...rgb, 255][index % 4] ?? 0);
  const strideBytes = 8;
  const planes = [0, 1, 2].map(() => ({ bytes: new Uint8Array(2 * strideBytes), strideBytes }));
  const [luma, blueness, redness] = planes;
  if (!luma || !blueness || !redness) throw new Error('three planes');
  rgbaToI420(rgba, 4, 2, [luma, blueness, redness]);
  const rows = (bytes: Uint8Array): number[][] => [Array.from(bytes.subarray(0, 8)), Array.from(bytes.subarray(8))];
  const [y = 0, u = 0, v = 0] = yuv;
  const near = (expected: number): unknown => expect.toSatisfy((value: number) => Math.abs(value - expected) <= 1);
  const unused = [0, 0, 0, 0];
  expect(rows(luma.bytes)).toEqual([
    [...Array(4).fill(near(y)), ...unused],
    [...Array(4).fill(near(y)), ...unused],
  ]);
  expect(rows(blueness.bytes)).toEqual([[...Array(2).fill(near(u)), 0, 0, ...unused], Array(8).fill(0)]);
  expect(rows(redness.bytes)).toEqual([[...Array(2).fill(near(v)), 0, 0, ...unused], Array(8).fill(0)]);
});
