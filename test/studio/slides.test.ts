import { createCanvas, loadImage } from '@napi-rs/canvas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitLine, fitText, type TextBox } from '../../src/studio/fit-text.ts';
import { drawable, setFont } from '../../src/studio/fonts.ts';
import { paletteOf, paletteOfHue, type Rgb } from '../../src/studio/palette.ts';
import { drawSlide } from '../../src/studio/slide.ts';
import { longText } from './workshop.ts';

const box: TextBox = { widthPx: 1088, heightPx: 426, largestPx: 56, weight: 500 };
const ruler = createCanvas(1, 1).getContext('2d');

async function slidePng(text: string, name = 'A name'): Promise<Buffer> {
  const canvas = createCanvas(1280, 720);
  drawSlide(canvas, { name, text, number: 2, count: 9 }, paletteOf('batch'));
  return canvas.encode('png');
}

/** How many pixels of a region are clearly lighter than any of the grounds: letters, strokes and bars. */
async function ink(png: Buffer, [x, y, width, height]: [number, number, number, number]): Promise<number> {
  const { ground, shade, glow } = paletteOf('batch');
  const lightest = Math.max(...[ground, shade, glow].map(([red, green, blue]) => red + green + blue));
  const context = createCanvas(1280, 720).getContext('2d');
  context.drawImage(await loadImage(png), 0, 0);
  const { data } = context.getImageData(x, y, width, height);
  let inked = 0;
  for (let at = 0; at < data.length; at += 4) {
    const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
    if (red + green + blue > lightest + 60) inked += 1;
  }
  return inked;
}

describe('a slide', () => {
  it.each([
    ['English', 'The light came on.'],
    ['Chinese', '月亮從來沒有變過形狀。'],
    ['a full scene of English', longText(220)],
    ['a full scene of Chinese', '永遠有一半被太陽照亮，'.repeat(9)],
    ['an endless word', 'x'.repeat(220)],
  ])('shows %s inside its margins', async (_what, text) => {
    const png = await slidePng(text);
    const image = await loadImage(png);
    expect([image.width, image.height]).toEqual([1280, 720]);
    expect(await ink(png, [96, 150, 1088, 460])).toBeGreaterThan(1500);
    expect(await ink(png, [0, 0, 94, 710])).toBe(0);
    expect(await ink(png, [0, 612, 1280, 98])).toBe(0);
  });

  it.each([
    ['emoji', '😀👨‍👩‍👧‍👦🇹🇼1️⃣🫠'],
    ['scripts that may have no font', 'ᚠᛇᚻ ༄༅ ꧁꧂ 𓀀𓀁 ﷽'],
    ['right-to-left text', 'مرحبا بالعالم שלום עולם'],
    ['accents without end', `a${'\u0301'.repeat(150)}`],
    ['a lone surrogate', 'a\ud800b'],
  ])('is drawn with %s', async (_what, text) => {
    expect(await ink(await slidePng(text, text), [96, 150, 1088, 460])).toBeGreaterThan(300);
  });

  it('cuts a long name short', async () => {
    const png = await slidePng('Text', '長'.repeat(200));
    expect(await ink(png, [96, 60, 900, 50])).toBeGreaterThan(1500);
    expect(await ink(png, [1186, 60, 94, 50])).toBe(0);
  });
});

describe('fitText', () => {
  it('sets a short text in the largest size and a long one smaller', () => {
    expect(fitText('Short', box)).toMatchObject({ lines: ['Short'], sizePx: 56 });
    expect(fitText(longText(600), box).sizePx).toBeLessThan(50);
  });

  it('begins no line with a closing mark and ends none with an opening one', () => {
    const { lines } = fitText('他說：「月亮，它永遠是圓的。」我們看（從地球上看）的，只是一半。'.repeat(6), box);
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) {
      expect(line).not.toMatch(/^[，。、；：」）]/);
      expect(line).not.toMatch(/[「（]$/);
    }
  });

  it('does not leave a single short word on the last line', () => {
    const { lines } = fitText('Every bubble of gas that the yeast breathes out is caught in it', box);
    expect(lines).toHaveLength(2);
    expect(lines[1]?.length).toBeGreaterThan(15);
  });

  it('fits any text into the box and loses nothing', () => {
    const unit = fc.constantFrom(...'abcXYZ ,.-—「」茶的故事。，\n 😀é'.split(''), 'longword', ' and ');
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 400 }), (units) => {
        const text = units.join('').toWellFormed();
        const fitted = fitText(text, box);
        expect(fitted.lines.length * fitted.lineHeightPx).toBeLessThanOrEqual(box.heightPx);
        expect(fitted.lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
        setFont(ruler, box.weight, fitted.sizePx);
        for (const line of fitted.lines) expect(ruler.measureText(line).width).toBeLessThan(box.widthPx * 1.01);
      }),
    );
  });

  it('ends on a text that no size makes fit', () => {
    expect(fitText('a\n'.repeat(5000), box).sizePx).toBeLessThanOrEqual(1);
  });
});

describe('setFont', () => {
  it('keeps the apostrophe of English as narrow as it is', () => {
    setFont(ruler, 500, 100);
    expect(ruler.measureText('it’s').width - ruler.measureText('its').width).toBeLessThan(40);
    expect(ruler.measureText('，').width).toBeCloseTo(100, 1);
  });
});

describe('fitLine', () => {
  it('ends what is too long with an ellipsis', () => {
    expect(fitLine('Short', 500, 24, 300)).toBe('Short');
    expect(fitLine('A name that goes on for far too long', 500, 24, 200)).toMatch(/^A name that.*…$/);
  });
});

describe('drawable', () => {
  it('leaves ordinary text alone and takes the key off a number', () => {
    expect(drawable('Tea 茶 ©')).toBe('Tea 茶 ©');
    expect(drawable('Step 1\ufe0f\u20e3')).toBe('Step 1');
  });
});

describe('the palette', () => {
  it('is a batch’s own and stays the same', () => {
    expect(paletteOf('a')).toEqual(paletteOf('a'));
    expect(paletteOf('a')).not.toEqual(paletteOf('b'));
  });

  it('is readable in every hue (WCAG AA)', () => {
    for (let hue = 0; hue < 360; hue += 1) {
      const { ground, shade, glow, text, quiet, accent } = paletteOfHue(hue);
      for (const back of [ground, shade, glow]) {
        for (const front of [text, quiet, accent]) expect(contrast(front, back)).toBeGreaterThan(4.5);
      }
    }
  });
});

function contrast(one: Rgb, other: Rgb): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance([red, green, blue]: Rgb): number {
  const linear = (channel: number): number => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
