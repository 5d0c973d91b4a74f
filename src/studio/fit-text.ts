import { createCanvas } from '@napi-rs/canvas';
import { breakUnits } from './break-units.ts';
import { type FontWeight, setFont, widthPx } from './fonts.ts';

/** A box to set text in. */
export interface TextBox {
  widthPx: number;
  heightPx: number;
  /** The largest size to use. Longer texts get a smaller one. */
  largestPx: number;
  weight: FontWeight;
}

/** A text broken into lines that are inside its box. */
export interface FittedText {
  lines: string[];
  sizePx: number;
  lineHeightPx: number;
}

interface Unit {
  text: string;
  /** At the ruler's size, with and without the space at its end, which a line's end doesn't need. */
  widthPx: number;
  inkPx: number;
}

const rulerPx = 100;
const lineHeight = 1.45;
const ruler = createCanvas(1, 1).getContext('2d');
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * Breaks a text into lines at the largest size that fits its box, all lines about equally long. There is
 * always such a size. Line ends in the text stay.
 */
export function fitText(text: string, box: TextBox): FittedText {
  setFont(ruler, box.weight, rulerPx);
  const rows = text.split('\n').map((row) => breakUnits(row).map(measure));
  for (let sizePx = box.largestPx; ; sizePx *= 0.96) {
    const scale = sizePx / rulerPx;
    const lines = breakRows(rows, box.widthPx / scale);
    const lineHeightPx = sizePx * lineHeight;
    // Under one pixel nothing is readable any more, and nothing gets better by trying on.
    if (lines.length * lineHeightPx > box.heightPx && sizePx > 1) continue;
    return { lines: balanced(rows, lines, box.widthPx / scale), sizePx, lineHeightPx };
  }
}

/** As much of the text as fits one line of this width, with an ellipsis if that is not all. */
export function fitLine(text: string, weight: FontWeight, sizePx: number, mostPx: number): string {
  setFont(ruler, weight, sizePx);
  if (widthPx(ruler, text) <= mostPx) return text;
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    if (widthPx(ruler, `${kept}${segment}…`) > mostPx) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

function measure(text: string): Unit {
  const inkPx = widthPx(ruler, text.trimEnd());
  return { text, inkPx, widthPx: text.endsWith(' ') ? widthPx(ruler, text) : inkPx };
}

function breakRows(rows: readonly Unit[][], mostPx: number): string[] {
  return rows.flatMap((row) => breakRow(row, mostPx));
}

function breakRow(units: readonly Unit[], mostPx: number): string[] {
  const lines: string[] = [];
  let line = '';
  let filledPx = 0;
  for (const unit of units.flatMap((whole) => (whole.inkPx > mostPx ? shattered(whole) : [whole]))) {
    if (line !== '' && filledPx + unit.inkPx > mostPx) {
      lines.push(line.trimEnd());
      line = '';
      filledPx = 0;
    }
    line += unit.text;
    filledPx += unit.widthPx;
  }
  lines.push(line.trimEnd());
  return lines;
}

/** A word wider than the box breaks anywhere. */
function shattered(unit: Unit): Unit[] {
  return Array.from(graphemes.segment(unit.text), ({ segment }) => measure(segment));
}

/** The narrowest lines that are no more than these: without a single word left over at the end. */
function balanced(rows: readonly Unit[][], lines: string[], mostPx: number): string[] {
  let best = lines;
  let tooNarrowPx = mostPx / 2;
  let enoughPx = mostPx;
  while (enoughPx - tooNarrowPx > mostPx / 100) {
    const middlePx = (tooNarrowPx + enoughPx) / 2;
    const tried = breakRows(rows, middlePx);
    if (tried.length <= lines.length) {
      best = tried;
      enoughPx = middlePx;
    } else tooNarrowPx = middlePx;
  }
  return best;
}
