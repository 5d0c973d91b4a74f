import { expect, test } from 'vitest';
import { type Draft, emptyDraft, reduce } from '../../src/dashboard/new/draft.ts';
import { issuesOf, mergeProblems, messageAt } from '../../src/dashboard/new/problems.ts';
import { ENGLISH } from '../../src/dashboard/new/texts-en.ts';

/** A draft with two texts, a and b, of the keys 0 and 1. */
const SENT: Draft = reduce(
  { draft: { ...emptyDraft('key'), name: 'A' }, removal: undefined },
  {
    type: 'add',
    texts: [
      { name: 'a', content: 'A' },
      { name: 'b', content: 'B' },
    ],
  },
).draft;

/** What is left of these issues of the service once the draft was edited. */
function issuesAfter(fields: readonly string[], draft: Draft) {
  const issues = fields.map((field) => ({ field, message: `wrong: ${field}` }));
  return issuesOf({ kind: 'refused', issues }, SENT, draft).map(({ field }) => field);
}

test('an issue of the service stays until the value that it is about is changed', () => {
  const fields = ['name', 'projects[1].content', 'youtubeSettings.publishAt'];
  expect(issuesAfter(fields, SENT)).toEqual(['name', { key: 1, part: 'content' }, 'youtubeSettings.publishAt']);
  expect(issuesAfter(fields, { ...SENT, name: 'B' })).toEqual([
    { key: 1, part: 'content' },
    'youtubeSettings.publishAt',
  ]);
  const later = { ...SENT, settings: { ...SENT.settings, publishAt: '2099-01-01T00:00' } };
  expect(issuesAfter(fields, later)).toEqual(['name', { key: 1, part: 'content' }]);
});

test('an issue of a text goes with the text, and one of all texts with the next that comes or goes', () => {
  const removed = reduce({ draft: SENT, removal: undefined }, { type: 'removeText', key: 0 }).draft;
  expect(issuesAfter(['projects[0].name', 'projects[1].name', 'projects'], removed)).toEqual([
    { key: 1, part: 'name' },
  ]);
  const rewritten = reduce({ draft: SENT, removal: undefined }, { type: 'rewriteText', key: 0, content: 'C' }).draft;
  expect(issuesAfter(['projects'], rewritten)).toEqual(['projects']);
});

test('an issue without a field of its own stays until anything is changed', () => {
  expect(issuesAfter(['idempotencyKey'], SENT)).toEqual([undefined]);
  expect(issuesAfter(['idempotencyKey'], { ...SENT, name: 'B' })).toEqual([]);
});

test('at a field the word of the service goes before that of the page', () => {
  const issues = [{ field: 'name' as const, message: 'The service says no' }];
  const found = [
    { field: 'name' as const, fault: { key: 'blank' as const } },
    { field: 'projects' as const, fault: { key: 'noTexts' as const } },
  ];
  const shown = mergeProblems(issues, found, ENGLISH.faults);
  expect(messageAt(shown, 'name')).toBe('The service says no');
  expect(messageAt(shown, 'projects')).toBe('Add at least one text.');
  expect(messageAt(shown, 'failureLimit')).toBeUndefined();
});
