/** What a text amounts to. */
export interface Measure {
  /** Unicode code points, as the service counts: an emoji of one code point is one. */
  readonly characters: number;
  /** How long it is inside a JSON string in UTF-8. */
  readonly bytes: number;
  /** Whether it is Unicode that can be stored: without NUL, without half of a surrogate pair. */
  readonly isStorable: boolean;
}

/** Measures a text in one pass, as 10,000 of them may be dropped at once. */
export function measure(text: string): Measure {
  let characters = 0;
  let bytes = 0;
  let isStorable = true;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    characters++;
    if (unit < 0x80) {
      bytes += bytesOfAscii(unit);
      isStorable &&= unit !== 0;
    } else if (unit < 0x800) {
      bytes += 2;
    } else if ((unit & 0xf800) !== 0xd800) {
      bytes += 3;
    } else if (unit < 0xdc00 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00) {
      bytes += 4;
      index++;
    } else {
      // Half of a pair, which JSON writes as \udXXX.
      bytes += 6;
      isStorable = false;
    }
  }
  return { characters, bytes, isStorable };
}

/** The control characters with an escape of one letter: backspace, tab, line feed, form feed, carriage return. */
const SHORT_ESCAPES = [8, 9, 10, 12, 13];

function bytesOfAscii(unit: number): number {
  if (unit < 0x20) {
    return SHORT_ESCAPES.includes(unit) ? 2 : 6;
  }
  return unit === 0x22 || unit === 0x5c ? 2 : 1;
}
