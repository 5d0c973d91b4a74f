import { expect, test } from 'vitest';
import { createInput } from '../../src/dashboard/new/create-input.ts';
import { emptyDraft } from '../../src/dashboard/new/draft.ts';
import { zoneAt } from '../../src/dashboard/new/instants.ts';
import { USUAL_LIMITS } from '../../src/dashboard/new/limits.ts';

test('a draft asks for what it shows: the first model unless another was chosen, no time unless it is scheduled', () => {
  const draft = emptyDraft('key');
  expect(createInput({ ...draft, name: 'A' }, USUAL_LIMITS)).toEqual({
    name: 'A',
    projects: [],
    geminiModel: 'gemini-1.5-flash',
    youtubeSettings: { privacy: 'PRIVATE', publishType: 'IMMEDIATE', publishAt: null, aiContentFlag: true },
    failureLimit: null,
    idempotencyKey: 'key',
  });
});

test('a local date and time is sent as an instant', () => {
  const draft = emptyDraft('key');
  const settings = { ...draft.settings, publishType: 'SCHEDULED' as const, publishAt: '2026-11-22T10:00' };
  const at = createInput({ ...draft, settings }, USUAL_LIMITS).youtubeSettings?.publishAt;
  expect(at).toBe(new Date(2026, 10, 22, 10).toISOString());
});

test('a time zone is told with its name and its offset at that moment', () => {
  const zone = zoneAt(new Date('2026-11-22T10:00:00Z'), 'en');
  expect(zone).toContain(Intl.DateTimeFormat().resolvedOptions().timeZone);
});
