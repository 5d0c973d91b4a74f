import type { NewText } from './draft.ts';

/** Why a file was not taken. */
export type Refusal = 'ending' | 'size' | 'encoding' | 'unreadable' | 'room';

/** What files came to. */
export interface Harvest {
  readonly texts: readonly NewText[];
  readonly refused: readonly { readonly name: string; readonly reason: Refusal }[];
}

/** A file, with its place in the folder that was dropped, if it was one. */
export type FileOfFolder = File & { readonly relativePath?: string };

/** The files that are taken. */
export const ENDINGS = ['.txt', '.md'] as const;

/** What is larger is no text for a video, and might be anything: 10,000 characters are 40 kB at most. */
export const MAX_FILE_BYTES = 1024 * 1024;

/** How many files are read at once. */
const PARALLEL = 64;

/**
 * Reads files as texts, in their natural order: "Part 2" before "Part 10". What can't be taken is
 * named with its reason, and the others are taken; `room` is how many there is still a place for.
 * `onProgress` is told how many have been looked at: 10,000 take a while.
 */
export async function readFiles(
  files: readonly FileOfFolder[],
  room: number,
  onProgress: (done: number) => void = () => {},
): Promise<Harvest> {
  const texts: NewText[] = [];
  const refused: { name: string; reason: Refusal }[] = [];
  const sorted = sortNaturally(files);
  for (let start = 0; start < sorted.length; start += PARALLEL) {
    onProgress(start);
    const some = sorted.slice(start, start + PARALLEL);
    const isFull = texts.length >= room;
    const results = await Promise.all(some.map((file) => (isFull ? 'room' : readText(file))));
    for (const [index, file] of some.entries()) {
      const result = results[index] ?? 'unreadable';
      if (typeof result === 'string') {
        refused.push({ name: placeOf(file), reason: result });
      } else if (texts.length < room) {
        texts.push(result);
      } else {
        refused.push({ name: placeOf(file), reason: 'room' });
      }
    }
  }
  return { texts, refused };
}

async function readText(file: File): Promise<NewText | Refusal> {
  const ending = ENDINGS.find((each) => file.name.toLowerCase().endsWith(each));
  if (ending === undefined) {
    return 'ending';
  }
  if (file.size > MAX_FILE_BYTES) {
    return 'size';
  }
  let bytes: ArrayBuffer;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    return 'unreadable';
  }
  const content = decode(bytes);
  if (content === undefined) {
    return 'encoding';
  }
  // macOS hands names over decomposed: an é as two characters.
  const name = file.name.slice(0, -ending.length).normalize('NFC');
  return { name: name === '' ? file.name : name, content };
}

/** UTF-8 as text, without a byte order mark; undefined where it is something else. */
function decode(bytes: ArrayBuffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // UTF-16 without a mark, or no text at all.
    return text.includes('\0') ? undefined : normaliseLines(text);
  } catch {
    return undefined;
  }
}

/** With line ends as a text field has them: a count must not change because somebody looks at the text. */
export function normaliseLines(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

function sortNaturally(files: readonly FileOfFolder[]): FileOfFolder[] {
  const { compare } = new Intl.Collator(undefined, { numeric: true });
  const placed = files.map((file) => ({ file, path: placeOf(file).split('/') }));
  return placed.sort((one, other) => comparePaths(one.path, other.path, compare)).map(({ file }) => file);
}

function comparePaths(
  one: readonly string[],
  other: readonly string[],
  compare: (one: string, other: string) => number,
): number {
  for (const [index, part] of one.entries()) {
    const difference = compare(part, other[index] ?? '');
    if (difference !== 0) {
      return difference;
    }
  }
  return one.length - other.length;
}

/** "texts/one.txt" for a file of a dropped folder, else its name. */
function placeOf({ name, relativePath = name }: FileOfFolder): string {
  return relativePath.replace(/^\.?\//, '');
}
