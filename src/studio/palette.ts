import { createHash } from 'node:crypto';

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** The colours of a batch. Text, quiet and accent are readable (WCAG AA) on every one of the grounds. */
export interface Palette {
  ground: Rgb;
  shade: Rgb;
  glow: Rgb;
  text: Rgb;
  quiet: Rgb;
  accent: Rgb;
}

/** Colours that are a batch's own: the same id gives the same, on any machine. */
export function paletteOf(batchId: string): Palette {
  return paletteOfHue(createHash('sha256').update(batchId).digest().readUInt16BE(0) % 360);
}

/** The palette around a hue, 0 to 359 degrees. */
export function paletteOfHue(hue: number): Palette {
  return {
    ground: hsl(hue, 0.44, 0.13),
    shade: hsl(hue, 0.42, 0.165),
    glow: hsl(hue + 24, 0.4, 0.195),
    text: hsl(hue, 0.35, 0.965),
    quiet: hsl(hue, 0.26, 0.79),
    accent: hsl(hue + 48, 0.82, 0.78),
  };
}

/** As canvas and CSS write it. */
export function css([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}

function hsl(hue: number, saturation: number, lightness: number): Rgb {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number): number => {
    const at = (offset + hue / 30) % 12;
    return Math.round(255 * (lightness - reach * Math.max(-1, Math.min(at - 3, 9 - at, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}
