import type { Problem } from './check.ts';
import type { Draft, DraftText } from './draft.ts';
import { type FaultTexts, tell } from './fault-texts.ts';
import { type Field, fieldAt, isSameField } from './field-path.ts';
import type { Outcome } from './send-batch.ts';

/** Something that is wrong, as it is shown. */
export interface Shown {
  /** Undefined where the page has no such field. */
  readonly field: Field | undefined;
  readonly message: string;
}

/**
 * What the service found wrong with a draft that it was sent, without what has been changed since:
 * of that nothing is known.
 */
export function issuesOf(outcome: Outcome | undefined, sent: Draft | undefined, draft: Draft): Shown[] {
  if (outcome?.kind !== 'refused' || sent === undefined) {
    return [];
  }
  const keys = sent.texts.map(({ key }) => key);
  const before = valuesOf(sent);
  const now = valuesOf(draft);
  return outcome.issues
    .map(({ field, message }) => ({ field: fieldAt(field, keys), message }))
    .filter(({ field }) => (field === undefined ? draft === sent : before(field) === now(field)));
}

/** What is shown as wrong: what the service said, and of the other fields what the page has found. */
export function mergeProblems(issues: readonly Shown[], problems: readonly Problem[], texts: FaultTexts): Shown[] {
  const said = new Set(issues.map(({ field }) => nameOf(field)));
  const found = problems
    .filter(({ field }) => !said.has(nameOf(field)))
    .map(({ field, fault }) => ({ field, message: tell(fault, texts) }));
  return [...issues, ...found];
}

/** What is wrong with a field; undefined where nothing is. */
export function messageAt(shown: readonly Shown[], field: Field): string | undefined {
  return shown.find((each) => isSameField(each.field, field))?.message;
}

function nameOf(field: Field | undefined): string | undefined {
  return typeof field === 'object' ? `${field.key} ${field.part}` : field;
}

/** The values of a draft by their fields; a list of texts is the same as long as it has the same texts. */
function valuesOf({ name, texts, settings }: Draft): (field: Field) => unknown {
  const byKey = new Map<number, DraftText>(texts.map((text) => [text.key, text]));
  return (field) => {
    if (typeof field === 'object') {
      return byKey.get(field.key)?.[field.part];
    }
    switch (field) {
      case 'name':
        return name;
      case 'projects':
        return texts.map(({ key }) => key).join();
      case 'geminiModel':
      case 'failureLimit':
        return settings[field];
      case 'youtubeSettings.privacy':
        return settings.privacy;
      case 'youtubeSettings.publishType':
        return settings.publishType;
      case 'youtubeSettings.publishAt':
        return settings.publishAt;
      case 'youtubeSettings.aiContentFlag':
        return settings.aiContentFlag;
    }
  };
}
