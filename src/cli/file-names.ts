/** What may not stand in a file's name on one system or another. */
const FORBIDDEN = /[<>:"/\\|?*\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;
/** File systems take 255 bytes, and an unfinished download has a longer name than the whole one. */
const MAX_BYTES = 120;

/**
 * What the files of a project are called, without an ending: its number, which makes it unique in its
 * batch and keeps the order of the batch, and as much of its name as file systems take.
 */
export function fileStem({ name, position }: { name: string; position: number }, totalProjects: number): string {
  const number = String(position + 1).padStart(Math.max(2, String(totalProjects).length), '0');
  let stem = '';
  let bytes = 0;
  for (const character of name.replace(FORBIDDEN, '_')) {
    bytes += Buffer.byteLength(character);
    if (bytes > MAX_BYTES) {
      break;
    }
    stem += character;
  }
  // Windows takes dots and spaces at the end away, and then finds no such file.
  return `${number} ${stem.trim()}`.replace(/[. ]+$/, '');
}
