import { breakUnits } from './break-units.ts';
import { columns, readingS } from './reading-time.ts';

/** More than this can't be read in the longest time that a scene may last. */
const fullS = 10;
/** More than this would be set in small print to fit on a slide. */
const fullColumns = 220;

const CLAUSE = /.*?(?:[,;:]["'”’)\]]*\s+|[，、；：—–…]["'”’」』）)\]]*\s*|$)/gsu;
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Where to cut, from the best place to the last resort. Each gives parts that join to the text again. */
const CUTS: readonly ((text: string) => string[])[] = [
  (text) => (text.match(CLAUSE) ?? []).filter((part) => part !== ''),
  breakUnits,
  (text) => Array.from(graphemes.segment(text), ({ segment }) => segment),
  // A letter under hundreds of accents is a single grapheme.
  (text) => Array.from(text),
];

/** How much of a scene this text takes up: 1 is as much as one can hold. */
export function load(text: string): number {
  return Math.max(readingS(text) / fullS, columns(text) / fullColumns);
}

/**
 * Cuts a sentence into pieces that a scene can hold, each about as long as the others: after a comma where
 * there is one, else between words, else anywhere. Joined they are the sentence again.
 */
export function pieces(sentence: string, cut = 0): string[] {
  const total = load(sentence);
  const cutter = CUTS[cut];
  if (total <= 1 || !cutter) return [sentence];

  const parts = cutter(sentence).flatMap((part) => pieces(part, cut + 1));
  const share = total / Math.ceil(total);
  const packed: string[] = [];
  let piece = '';
  let pieceLoad = 0;
  for (const part of parts) {
    const partLoad = load(part);
    if (piece !== '' && (pieceLoad + partLoad > 1 || pieceLoad + partLoad / 2 > share)) {
      packed.push(piece);
      piece = '';
      pieceLoad = 0;
    }
    piece += part;
    pieceLoad += partLoad;
  }
  packed.push(piece);
  return packed;
}
