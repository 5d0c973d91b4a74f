const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;

/** How many values one request may have in it: room for the largest batch, with more in it than it can have. */
export function maxValuesFor({ maxProjects }: { maxProjects: number }): number {
  return 20_000 + 8 * maxProjects;
}

/**
 * Whether a JSON text has more than so many values in it, told without making them: a few megabytes
 * of brackets become gigabytes of objects, and nobody else is served while they are made. For a text
 * that is no JSON the answer means nothing.
 */
export function hasMoreValues(json: Buffer, max: number): boolean {
  let values = 1;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) {
      at = endOfString(json, at);
    } else if (byte === COMMA || byte === OPEN_BRACKET || byte === OPEN_BRACE) {
      values++;
      if (values > max) {
        return true;
      }
    }
  }
  return false;
}

/** Where the string ends that begins at a quote; the end of the text where it does not end. */
function endOfString(json: Buffer, start: number): number {
  for (let at = start; ; ) {
    const end = json.indexOf(QUOTE, at + 1);
    if (end === -1) {
      return json.length;
    }
    if (!isEscaped(json, end)) {
      return end;
    }
    at = end;
  }
}

function isEscaped(json: Buffer, at: number): boolean {
  let backslashes = 0;
  while (json[at - backslashes - 1] === BACKSLASH) {
    backslashes++;
  }
  return backslashes % 2 === 1;
}
