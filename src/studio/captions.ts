import type { Scene } from './scenes.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * The scenes as a WebVTT file: one cue for each, at the time of its slide. The text is escaped, so that it
 * can't end a cue early ("-->" and blank lines) or be taken for markup.
 */
export function captionsOf(scenes: readonly Scene[]): string {
  let startS = 0;
  const cues = scenes.map(({ text, durationS }, index) => {
    const endS = startS + durationS;
    const cue = `${index + 1}\n${timestamp(startS)} --> ${timestamp(endS)}\n${escaped(text)}\n`;
    startS = endS;
    return cue;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

function timestamp(timeS: number): string {
  const ms = Math.round(timeS * 1000);
  const field = (value: number, digits: number): string => String(Math.floor(value)).padStart(digits, '0');
  return `${field(ms / 3_600_000, 2)}:${field((ms / 60_000) % 60, 2)}:${field((ms / 1000) % 60, 2)}.${field(ms % 1000, 3)}`;
}

function escaped(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.join('\n').replace(/[&<>]/g, (character) => ENTITIES[character] ?? character);
}
