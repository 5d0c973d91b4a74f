import { columns } from './reading-time.ts';

const LINE_END = /\r\n?|[\v\f\u0085\u2028\u2029]/g;
/** Control characters and non-characters: nothing to see, and not allowed in captions. */
const INVISIBLE = /(?![\t\n])[\p{Cc}\ufeff\p{Noncharacter_Code_Point}]/gu;
const SENTENCE_END = /[.!?。！？…:：]["'”’」』）)\]]*$/u;
const LIST_ITEM = /^(?:[-*•‣·–—]\s|[（(]?\p{N}{1,3}[.)、．）])/u;
const IDEOGRAPHIC = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uff60]/u;
/** These end with a full stop and not a sentence, as a single initial does. */
const ABBREVIATION = /(?:^|[\s("'“‘])(?:Mr|Mrs|Ms|Dr|Prof|St|Mt|No|vs|etc|e\.g|i\.e|cf|ca|\p{Lu})\.\s*$/u;
/** A line at least this wide was broken by its editor and goes on in the next one. */
const wrappedColumns = 50;

const segmenter = new Intl.Segmenter('und', { granularity: 'sentence' });

/**
 * The paragraphs of a text, none of them blank, their spaces made single. A blank line ends one, and so
 * does a line end, except in the middle of a sentence that an editor has wrapped.
 */
export function paragraphs(text: string): string[] {
  const clean = text.toWellFormed().replace(LINE_END, '\n').replace(INVISIBLE, '');
  const found: string[] = [];
  let current = '';
  for (const raw of clean.split('\n')) {
    const line = raw.trim().replace(/\s+/g, ' ');
    if (current !== '' && line !== '' && goesOn(current, line)) {
      current += joint(current, line) + line;
      continue;
    }
    if (current !== '') found.push(current);
    current = line;
  }
  if (current !== '') found.push(current);
  return found;
}

/** The sentences of a paragraph, in any language; joined they are the paragraph again. */
export function sentences(paragraph: string): string[] {
  const found: string[] = [];
  let current = '';
  for (const { segment } of segmenter.segment(paragraph)) {
    current += segment;
    if (ABBREVIATION.test(current)) continue;
    found.push(current);
    current = '';
  }
  if (current !== '') found.push(current);
  return found;
}

function goesOn(paragraph: string, line: string): boolean {
  return columns(paragraph) >= wrappedColumns && !SENTENCE_END.test(paragraph) && !LIST_ITEM.test(line);
}

/** Chinese and Japanese are wrapped without a space. */
function joint(before: string, after: string): string {
  return IDEOGRAPHIC.test(before.at(-1) ?? '') && IDEOGRAPHIC.test(after.at(0) ?? '') ? '' : ' ';
}
