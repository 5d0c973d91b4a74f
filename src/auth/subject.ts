/** What a subject has to be, in words. */
export const SUBJECT_RULE =
  '1-200 characters, not beginning with #, without colons, commas, blanks, and control or invisible characters';

const SUBJECT = /^(?!#)[^:,\s\p{Cc}\p{Cf}\p{Cs}]{1,200}$/u;

/** Whether batches can belong to somebody of this name: see SUBJECT_RULE. */
export function isSubject(text: string): boolean {
  return SUBJECT.test(text);
}
