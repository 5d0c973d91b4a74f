/** Scripts that are written without spaces: a line may end between any two words. */
const spaceless =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Bopomofo}\\p{Script=Thai}\\p{Script=Lao}' +
  '\\p{Script=Khmer}\\p{Script=Myanmar}\\p{Extended_Pictographic}\\u3000-\\u303f\\uff00-\\uff60';
const ENDS_SPACELESS = new RegExp(`[${spaceless}]$`, 'u');
const STARTS_SPACELESS = new RegExp(`^[${spaceless}]`, 'u');
/** May not begin a line: closing marks, and what belongs to the word before it. */
const CLINGS_BACK = /^(?:\u200d|[\p{Pe}\p{Pf}\p{M}、。，．：；？！…—～·・,.:;?!%‰°ー々\s])/u;
/** May not end a line: opening marks. */
const CLINGS_ON = /[\p{Ps}\p{Pi}$£€¥#@]$/u;
const MAY_END_LINE = /[\s\-–—/]$/u;

const words = new Intl.Segmenter('und', { granularity: 'word' });

/**
 * Cuts a text into the smallest parts that a line may end after; joined they are the text again. Latin
 * words stay whole, Chinese ones too; no line begins with a comma or ends with an opening bracket.
 */
export function breakUnits(text: string): string[] {
  const units: string[] = [];
  let unit = '';
  for (const { segment } of words.segment(text)) {
    if (unit !== '' && mayBreak(unit, segment)) {
      units.push(unit);
      unit = '';
    }
    unit += segment;
  }
  if (unit !== '') units.push(unit);
  return units;
}

function mayBreak(before: string, after: string): boolean {
  if (CLINGS_BACK.test(after) || CLINGS_ON.test(before)) return false;
  if (MAY_END_LINE.test(before)) return true;
  return ENDS_SPACELESS.test(before) || STARTS_SPACELESS.test(after);
}
