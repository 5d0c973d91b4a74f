/** The colours of the pictures that rgbaToI420 makes, as players want to be told. */
export const bt709 = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false } as const;

/** One of the three planes of a picture: brightness in full, the two colour planes in half the width and height. */
export interface Plane {
  bytes: Uint8Array;
  /** From one row to the next; a row may be followed by unused bytes. */
  strideBytes: number;
}

/**
 * Converts opaque RGBA pixels to planar 4:2:0 in BT.709's limited range, which players expect of HD. The
 * encoder's own conversion takes BT.601 and would shift every colour. Sizes must be even; about 6 ms for 720p.
 */
export function rgbaToI420(
  rgba: Uint8Array | Uint8ClampedArray,
  widthPx: number,
  heightPx: number,
  [luma, blueness, redness]: readonly [Plane, Plane, Plane],
): void {
  // Fixed point, 16 bits after the point: BT.709's weights scaled to 219 steps for luma and 224 for colour.
  for (let y = 0, from = 0; y < heightPx; y += 1) {
    let to = y * luma.strideBytes;
    for (const rowEnd = to + widthPx; to < rowEnd; to += 1, from += 4) {
      const weighed = 11_966 * at(rgba, from) + 40_254 * at(rgba, from + 1) + 4_064 * at(rgba, from + 2);
      luma.bytes[to] = (weighed + 1_081_344) >> 16;
    }
  }
  // The colours of four pixels are added, hence 18 bits.
  for (let y = 0; y < heightPx; y += 2) {
    for (let x = 0; x < widthPx; x += 2) {
      const upper = (y * widthPx + x) * 4;
      const lower = upper + widthPx * 4;
      const red = sumOf4(rgba, upper, lower);
      const green = sumOf4(rgba, upper + 1, lower + 1);
      const blue = sumOf4(rgba, upper + 2, lower + 2);
      const row = y / 2;
      const column = x / 2;
      blueness.bytes[row * blueness.strideBytes + column] =
        (-6_596 * red - 22_188 * green + 28_784 * blue + 33_685_504) >> 18;
      redness.bytes[row * redness.strideBytes + column] =
        (28_784 * red - 26_145 * green - 2_639 * blue + 33_685_504) >> 18;
    }
  }
}

function sumOf4(rgba: Uint8Array | Uint8ClampedArray, upper: number, lower: number): number {
  return at(rgba, upper) + at(rgba, upper + 4) + at(rgba, lower) + at(rgba, lower + 4);
}

function at(bytes: Uint8Array | Uint8ClampedArray, index: number): number {
  return bytes[index] ?? 0;
}
