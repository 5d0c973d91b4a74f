import { load, pieces } from './pieces.ts';
import { readingS, sceneS } from './reading-time.ts';
import { paragraphs, sentences } from './sentences.ts';

/** One slide's worth of the text. */
export interface Scene {
  /** What is shown: one paragraph's sentences, or several short lines with line ends between them. */
  text: string;
  /** How long it is shown, in seconds: a multiple of 0.5 from 2 to 12. */
  durationS: number;
}

/** Sentences share a scene up to this time: a viewer is given a thought, not a page. */
const comfortableS = 7;
/** Anything read faster is too short for a scene of its own if it has company. */
const shortS = 2;
const mostLines = 6;

/**
 * Turns a text into scenes. Nothing but spaces and invisible characters is lost, and the order is kept.
 * An empty list means that there is nothing to show.
 */
export function scenesOf(text: string): Scene[] {
  const blocks = paragraphs(text).map(groupSentences);
  return joinShortLines(blocks).map((shown) => ({ text: shown, durationS: sceneS(shown) }));
}

function groupSentences(paragraph: string): string[] {
  const groups: string[] = [];
  for (const piece of sentences(paragraph).flatMap((sentence) => pieces(sentence))) {
    const last = groups.at(-1);
    if (last !== undefined && belongTogether(last, piece)) groups[groups.length - 1] = last + piece;
    else groups.push(piece);
  }
  return groups.map((group) => group.trim()).filter((group) => group !== '');
}

function belongTogether(before: string, after: string): boolean {
  const together = before + after;
  if (load(together) > 1) return false;
  return readingS(together) <= comfortableS || readingS(before) < shortS || readingS(after) < shortS;
}

/** Lines of a poem, items of a list, turns of a talk: those that are short on their own go together. */
function joinShortLines(blocks: string[][]): string[] {
  const joined: string[] = [];
  let lines = 0;
  for (const block of blocks) {
    const [only = ''] = block;
    const isShort = block.length === 1 && readingS(only) < shortS;
    const together = `${joined.at(-1)}\n${only}`;
    if (isShort && lines > 0 && lines < mostLines && readingS(together) <= comfortableS && load(together) <= 1) {
      joined[joined.length - 1] = together;
      lines += 1;
      continue;
    }
    joined.push(...block);
    lines = isShort ? 1 : 0;
  }
  return joined;
}
