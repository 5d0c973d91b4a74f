/** What a subject has to be, in words. */
export const SUBJECT_RULE = '1-200 characters without blanks, and without control or invisible characters';

const SUBJECT = /^[^\s\p{Cc}\p{Cf}\p{Cs}]{1,200}$/u;

/** Whether batches can belong to somebody of this name: see SUBJECT_RULE. */
export function isSubject(text: string): boolean {
  return SUBJECT.test(text);
}

/** What a subject has to be to stand in an entry of AUTH_TOKENS, in words. */
export const ENTRY_SUBJECT_RULE =
  '1-200 characters, not beginning with #, without colons, commas, blanks, and control or invisible characters';

/** Whether a subject can stand in an entry, which these characters would end: see ENTRY_SUBJECT_RULE. */
export function isEntrySubject(text: string): boolean {
  return isSubject(text) && !/^#|[:,]/.test(text);
}
