/** One caption of a video: a text, and when it shows, in milliseconds from the beginning. */
export interface Caption {
  readonly startMs: number;
  readonly text: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&nbsp;': ' ',
  '&lrm;': '\u200e',
  '&rlm;': '\u200f',
};

/** Hours may be left out. */
const TIMING = /^(?:(\d+):)?([0-5]\d):([0-5]\d)\.(\d{3})[ \t]+-->/;

/** Reads the captions of a WebVTT file, in its order, as plain text; what is no caption is passed over. */
export function readCaptions(file: string): Caption[] {
  const blocks = file
    .replace(/^\uFEFF/, '')
    .replaceAll(/\r\n?/g, '\n')
    .split(/\n{2,}/);
  return blocks.flatMap((block) => {
    const lines = block.split('\n');
    const at = lines.findIndex((line) => TIMING.test(line));
    const timing = TIMING.exec(lines[at] ?? '');
    if (timing === null) {
      return [];
    }
    const [hours = 0, minutes, seconds, ms] = timing.slice(1).map((part) => Number(part ?? 0));
    const startMs = ((hours * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000 + Number(ms);
    return [{ startMs, text: plain(lines.slice(at + 1).join('\n')) }];
  });
}

/** Tags go first: what an entity stands for is no tag. */
function plain(text: string): string {
  return text
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&[a-z]+;/g, (entity) => ENTITIES[entity] ?? entity)
    .trim();
}

/** "1:02:03", or "2:03" within the first hour: a place in a video, as players write it. */
export function placeInVideo(ms: number): string {
  const total = Math.floor(ms / 1_000);
  const [hours, minutes, seconds] = [Math.floor(total / 3_600), Math.floor(total / 60) % 60, total % 60];
  const padded = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${padded(minutes)}:${padded(seconds)}` : `${minutes}:${padded(seconds)}`;
}
