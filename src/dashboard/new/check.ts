import type { Draft, DraftText } from './draft.ts';
import type { Field } from './field-path.ts';
import { instantOf } from './instants.ts';
import type { Limits } from './limits.ts';
import { type Measure, measure } from './measure.ts';

/** What is wrong with a field, with the figures that say how far off it is. */
export type Fault =
  | { key: 'blank' }
  | { key: 'longName'; max: number; actual: number }
  | { key: 'notText' }
  | { key: 'noTexts' }
  | { key: 'manyTexts'; max: number; actual: number }
  | { key: 'largeBatch'; maxBytes: number; actualBytes: number }
  | { key: 'shortContent'; min: number; max: number; actual: number }
  | { key: 'longContent'; min: number; max: number; actual: number }
  | { key: 'blankContent' }
  | { key: 'unknownModel'; actual: string }
  | { key: 'noTime' }
  | { key: 'pastTime' };

/** A rule that a draft breaks, and where. */
export interface Problem {
  readonly field: Field;
  readonly fault: Fault;
}

/** Both parts of a text, measured. */
interface TextMeasure {
  readonly name: Measure;
  readonly content: Measure;
}

/** What a request has around each text. */
/** As the service has it: white space, zero-width characters and controls. */
const BLANK = /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]*$/u;

const BYTES_AROUND = '{"name":"","content":""},'.length;

const measured = new WeakMap<DraftText, TextMeasure>();

/** Measures a text; each of them once, as a draft is looked through after every letter. */
export function measureText(text: DraftText): TextMeasure {
  const known = measured.get(text);
  if (known !== undefined) {
    return known;
  }
  const fresh = { name: measure(text.name), content: measure(text.content) };
  measured.set(text, fresh);
  return fresh;
}

/** Every rule that the draft breaks, in the order of the page. `now`: milliseconds by the clock of the service. */
export function checkDraft(draft: Draft, limits: Limits, now: number): Problem[] {
  const problems: Problem[] = [];
  const add = (field: Field, fault: Fault | undefined) => {
    if (fault !== undefined) {
      problems.push({ field, fault });
    }
  };
  add('name', faultOfName(draft.name, measure(draft.name), limits));
  add('projects', faultOfTexts(draft.texts, limits));
  for (const text of draft.texts) {
    const faults = faultsOfText(text, limits);
    add({ key: text.key, part: 'name' }, faults.name);
    add({ key: text.key, part: 'content' }, faults.content);
  }
  const { geminiModel, publishType, publishAt } = draft.settings;
  if (geminiModel !== null && !limits.geminiModels.includes(geminiModel)) {
    add('geminiModel', { key: 'unknownModel', actual: geminiModel });
  }
  if (publishType === 'SCHEDULED') {
    add('youtubeSettings.publishAt', faultOfTime(publishAt, now));
  }
  return problems;
}

/** What is wrong with each part of a text. */
export function faultsOfText(text: DraftText, limits: Limits): { name: Fault | undefined; content: Fault | undefined } {
  const { name, content } = measureText(text);
  return { name: faultOfName(text.name, name, limits), content: faultOfContent(text.content, content, limits) };
}

/** How many characters, and bytes of a request, the texts are together. */
export function sumUp(texts: readonly DraftText[]): { characters: number; bytes: number } {
  let characters = 0;
  let bytes = 0;
  for (const text of texts) {
    const { name, content } = measureText(text);
    characters += content.characters;
    bytes += name.bytes + content.bytes + BYTES_AROUND;
  }
  return { characters, bytes };
}

function faultOfName(name: string, { characters, isStorable }: Measure, { nameMaxLength }: Limits): Fault | undefined {
  if (!isStorable) {
    return { key: 'notText' };
  }
  if (BLANK.test(name)) {
    return { key: 'blank' };
  }
  return characters > nameMaxLength ? { key: 'longName', max: nameMaxLength, actual: characters } : undefined;
}

function faultOfContent(content: string, { characters, isStorable }: Measure, limits: Limits): Fault | undefined {
  if (!isStorable) {
    return { key: 'notText' };
  }
  const figures = { min: limits.contentMinLength, max: limits.contentMaxLength, actual: characters };
  if (characters < figures.min) {
    return { key: 'shortContent', ...figures };
  }
  if (characters > figures.max) {
    return { key: 'longContent', ...figures };
  }
  return BLANK.test(content) ? { key: 'blankContent' } : undefined;
}

/** The request has more in it than the texts: what is refused here is too large in any case. */
function faultOfTexts(texts: readonly DraftText[], limits: Limits): Fault | undefined {
  if (texts.length === 0) {
    return { key: 'noTexts' };
  }
  if (texts.length > limits.maxProjectsPerBatch) {
    return { key: 'manyTexts', max: limits.maxProjectsPerBatch, actual: texts.length };
  }
  const { bytes } = sumUp(texts);
  return bytes > limits.maxBodyBytes
    ? { key: 'largeBatch', maxBytes: limits.maxBodyBytes, actualBytes: bytes }
    : undefined;
}

function faultOfTime(publishAt: string, now: number): Fault | undefined {
  const instant = instantOf(publishAt);
  if (instant === undefined) {
    return { key: 'noTime' };
  }
  return instant.getTime() <= now ? { key: 'pastTime' } : undefined;
}
