import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkDraft, sumUp } from '../../src/dashboard/new/check.ts';
import { type Draft, type DraftSettings, emptyDraft } from '../../src/dashboard/new/draft.ts';
import { USUAL_LIMITS } from '../../src/dashboard/new/limits.ts';
import { measure } from '../../src/dashboard/new/measure.ts';

const NOW = Date.parse('2026-11-22T10:00:00Z');

/** A draft that is fine, with these texts instead of one that is. */
function draftOf(contents: readonly string[], settings: Partial<DraftSettings> = {}): Draft {
  const empty = emptyDraft('key');
  return {
    ...empty,
    name: 'Batch',
    texts: contents.map((content, key) => ({ key, name: `text ${key}`, content, isAutoNamed: false })),
    settings: { ...empty.settings, ...settings },
  };
}

test('a text is measured as the service and as JSON measure it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const { characters, bytes } = measure(text);
      expect(characters).toBe([...text].length);
      expect(bytes).toBe(Buffer.byteLength(JSON.stringify(text)) - 2);
    }),
  );
});

test('half of a surrogate pair and NUL are no text', () => {
  expect(measure('a\ud83d').isStorable).toBe(false);
  expect(measure('\ude00a')).toEqual({ characters: 2, bytes: 7, isStorable: false });
  expect(measure('a\0b').isStorable).toBe(false);
  expect(measure('😀 \n\u001b').isStorable).toBe(true);
});

test('a text of 500 emoji is long enough, one of 499 is not', () => {
  expect(checkDraft(draftOf(['😀'.repeat(500)]), USUAL_LIMITS, NOW)).toEqual([]);
  expect(checkDraft(draftOf(['😀'.repeat(499)]), USUAL_LIMITS, NOW)).toEqual([
    { field: { key: 0, part: 'content' }, fault: { key: 'shortContent', min: 500, max: 10_000, actual: 499 } },
  ]);
});

test('each broken rule is named with its field, in the order of the page', () => {
  const draft = {
    ...draftOf(['x'.repeat(10_001), 'a\0'.repeat(300), ' \u200b'.repeat(300)], {
      geminiModel: 'gone',
      publishType: 'SCHEDULED',
      publishAt: '2020-01-01T00:00',
    }),
    name: ' ',
  };
  expect(checkDraft(draft, USUAL_LIMITS, NOW).map(({ field, fault }) => [field, fault.key])).toEqual([
    ['name', 'blank'],
    [{ key: 0, part: 'content' }, 'longContent'],
    [{ key: 1, part: 'content' }, 'notText'],
    [{ key: 2, part: 'content' }, 'blankContent'],
    ['geminiModel', 'unknownModel'],
    ['youtubeSettings.publishAt', 'pastTime'],
  ]);
});

test('no texts, too many, and more than a request may have are told of the texts as a whole', () => {
  const limits = { ...USUAL_LIMITS, maxProjectsPerBatch: 2, maxBodyBytes: 1_500 };
  const faultOf = (...contents: string[]) => checkDraft(draftOf(contents), limits, NOW)[0]?.fault;
  const text = 'x'.repeat(600);
  expect(faultOf()).toEqual({ key: 'noTexts' });
  expect(faultOf(text, text)).toBeUndefined();
  expect(faultOf(text, text, text)).toEqual({ key: 'manyTexts', max: 2, actual: 3 });
  expect(faultOf(text, '字'.repeat(500))).toMatchObject({ key: 'largeBatch', maxBytes: 1_500 });
});

test('the bytes of the texts are those that they have in the request', () => {
  const { texts } = draftOf(['"quoted"\n', 'plain 字 😀']);
  const json = JSON.stringify(texts.map(({ name, content }) => ({ name, content })));
  // Brackets around, and one comma less than there are texts.
  expect(sumUp(texts).bytes).toBe(Buffer.byteLength(json) - 1);
});

test('a scheduled batch needs a time, an immediate one does not', () => {
  const text = ['x'.repeat(500)];
  expect(checkDraft(draftOf(text, { publishType: 'SCHEDULED' }), USUAL_LIMITS, NOW)[0]?.fault.key).toBe('noTime');
  expect(checkDraft(draftOf(text, { publishType: 'IMMEDIATE' }), USUAL_LIMITS, NOW)).toEqual([]);
});
