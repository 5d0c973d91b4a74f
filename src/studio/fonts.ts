import { createRequire } from 'node:module';
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';

/** Weights that are loaded: 500 for reading, 700 for titles. */
export type FontWeight = 500 | 700;

/** Letters of Europe first: the marks that they share with Chinese (’ “ …) are narrow there. */
const families: Readonly<Record<string, Readonly<Record<FontWeight, string>>>> = {
  'Showrunner Sans': {
    500: '@expo-google-fonts/noto-sans/500Medium/NotoSans_500Medium.ttf',
    700: '@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf',
  },
  'Showrunner Sans TC': {
    500: '@expo-google-fonts/noto-sans-tc/500Medium/NotoSansTC_500Medium.ttf',
    700: '@expo-google-fonts/noto-sans-tc/700Bold/NotoSansTC_700Bold.ttf',
  },
};
const familyList = Object.keys(families)
  .map((name) => `"${name}"`)
  .join(', ');

const require = createRequire(import.meta.url);
for (const [family, files] of Object.entries(families)) {
  for (const file of Object.values(files)) {
    // Under a name of our own, so that a font of the system can't be taken for it.
    if (!GlobalFonts.registerFromPath(require.resolve(file), family)) throw new Error(`the font ${file} can't be read`);
  }
}

const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}/u;
/** Make an emoji of the character before. Alone they would be drawn as a box. */
const EMOJI_JOINERS = /[\ufe0e\ufe0f\u20e3]/g;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
const ruler = createCanvas(1, 1).getContext('2d');
setFont(ruler, 500, 100);
/** What is drawn for characters that no font has: a box. This one is never assigned, so no font has it. */
const box = boundsOf('\u{10ffff}');

/** Sets the font to measure and draw with. */
export function setFont(context: SKRSContext2D, weight: FontWeight, sizePx: number): void {
  context.font = `${weight} ${sizePx}px ${familyList}`;
}

/** The width of a text in px. The context's font must be set. */
export function widthPx(context: SKRSContext2D, text: string): number {
  return context.measureText(text).width;
}

/**
 * The text without the emoji that no font here has a picture of: they would be empty boxes. Letters of
 * scripts without a font are left, since a box tells that something is missing.
 */
export function drawable(text: string): string {
  if (!EMOJI.test(text) && !/\u20e3/.test(text)) return text;
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    if (!EMOJI.test(segment)) kept += segment.replace(EMOJI_JOINERS, '');
    else if (boundsOf(segment) !== box) kept += segment;
  }
  return kept.replace(/ {2,}/g, ' ').trim();
}

function boundsOf(text: string): string {
  const { width, actualBoundingBoxAscent, actualBoundingBoxDescent, actualBoundingBoxRight } = ruler.measureText(text);
  return [width, actualBoundingBoxAscent, actualBoundingBoxDescent, actualBoundingBoxRight].join();
}
