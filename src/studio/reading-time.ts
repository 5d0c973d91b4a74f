/** What viewers read off a screen at ease: the pace that subtitles are made for. */
const wordsPerS = 3.5;
const ideographsPerS = 9;
/** A word is this many letters; longer ones, and scripts that leave no space between words, count for several. */
const lettersPerWord = 8;

const shortestS = 2;
const longestS = 12;

const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Hangul}]/gu;
const WORD = /[\p{L}\p{N}\p{M}'’]+/gu;
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Hangul}\p{Extended_Pictographic}\u3000-\u303f\uff00-\uff60]/gu;

/** How long reading this takes in seconds: by the word, and by the character in Chinese, Japanese and Korean. */
export function readingS(text: string): number {
  const ideographs = text.match(IDEOGRAPH)?.length ?? 0;
  let words = 0;
  for (const [word] of text.replace(IDEOGRAPH, ' ').matchAll(WORD)) words += Math.max(1, word.length / lettersPerWord);
  return words / wordsPerS + ideographs / ideographsPerS;
}

/**
 * How long a scene with this text stays on screen, in seconds: half a second to find its beginning, then
 * reading, within 2 to 12. Whole halves, which floating point adds without error, so that the times of
 * slides, captions and video agree however many scenes there are.
 */
export function sceneS(text: string): number {
  return Math.min(longestS, Math.max(shortestS, Math.ceil((0.5 + readingS(text)) * 2) / 2));
}

/** About how wide the text is, in Latin letters: a Chinese character is two. */
export function columns(text: string): number {
  let codePoints = 0;
  for (const _ of text) codePoints += 1;
  return codePoints + (text.match(WIDE)?.length ?? 0);
}
