import { expect, test } from 'vitest';
import { type Edit, type Editing, emptyDraft, isBlank, nameFrom, reduce } from '../../src/dashboard/new/draft.ts';

/** The editing after these edits of an empty draft. */
function after(...edits: Edit[]): Editing {
  return edits.reduce(reduce, { draft: emptyDraft('key-1'), removal: undefined });
}

const ADD: Edit = {
  type: 'add',
  texts: [
    { name: 'one', content: 'First' },
    { name: 'two', content: 'Second' },
    { name: 'two', content: 'Third' },
  ],
};

test('texts are added at the end, and the first of them is opened', () => {
  const { draft } = after(ADD, { type: 'write' });
  expect(draft.texts.map(({ name }) => name)).toEqual(['one', 'two', 'two', '']);
  expect(draft.selected).toBe(3);
  expect(new Set(draft.texts.map(({ key }) => key)).size).toBe(4);
});

test('a text that is written is named after its first line until somebody names it', () => {
  const written = after({ type: 'write' }, { type: 'rewriteText', key: 0, content: '\n## The sea \nIt is wide.' });
  expect(written.draft.texts[0]?.name).toBe('The sea');
  const named = [
    { type: 'renameText', key: 0, name: 'Sea' } as const,
    { type: 'rewriteText', key: 0, content: 'Other' } as const,
  ];
  expect(named.reduce(reduce, written).draft.texts[0]).toMatchObject({ name: 'Sea', content: 'Other' });
});

test('a text from a file keeps the name of the file', () => {
  const { draft } = after(ADD, { type: 'rewriteText', key: 1, content: 'Another beginning' });
  expect(draft.texts[1]).toMatchObject({ name: 'two', content: 'Another beginning' });
});

test('a removed text leaves its neighbour open and can be put back', () => {
  const removed = after(ADD, { type: 'select', key: 2 }, { type: 'removeText', key: 2 });
  expect(removed.draft.selected).toBe(1);
  expect(removed.removal?.what).toBe('text');
  const back = reduce(removed, { type: 'undo' });
  expect(back.draft.texts.map(({ content }) => content)).toEqual(['First', 'Second', 'Third']);
  expect(back.removal).toBeUndefined();
});

test('a discarded draft has a new key, and gets its old one back with everything else', () => {
  const discarded = after(ADD, { type: 'rename', name: 'Mine' }, { type: 'discard', idempotencyKey: 'key-2' });
  expect(isBlank(discarded.draft)).toBe(true);
  expect(discarded.draft.idempotencyKey).toBe('key-2');
  expect(reduce(discarded, { type: 'undo' }).draft).toMatchObject({ name: 'Mine', idempotencyKey: 'key-1' });
});

test('what was removed cannot be put back over later changes, but over a look at another text', () => {
  const removed = after(ADD, { type: 'removeText', key: 0 });
  expect(reduce(removed, { type: 'select', key: 2 }).removal).toBeDefined();
  expect(reduce(removed, { type: 'rename', name: 'x' }).removal).toBeUndefined();
});

test('a key is never given twice, even after texts were removed', () => {
  const { draft } = after(ADD, { type: 'removeTexts' }, ADD);
  expect(draft.texts.map(({ key }) => key)).toEqual([3, 4, 5]);
});

test('a draft with only a changed setting is not blank', () => {
  expect(isBlank(after({ type: 'set', settings: { privacy: 'PUBLIC' } }).draft)).toBe(false);
  expect(
    isBlank(
      after({ type: 'set', settings: { privacy: 'PUBLIC' } }, { type: 'set', settings: { privacy: 'PRIVATE' } }).draft,
    ),
  ).toBe(true);
});

test('a name is cut by code points, so that no character breaks', () => {
  expect(nameFrom('😀'.repeat(100))).toBe('😀'.repeat(60));
  expect(nameFrom(' \n- * \n')).toBe('');
});

test('once it was created, a draft keeps only what has come in since it was sent', () => {
  const sent = after(ADD, { type: 'rename', name: 'Mine' });
  const late = reduce(sent, { type: 'add', texts: [{ name: 'late', content: 'Late' }] });
  const { draft } = reduce(late, { type: 'created', sent: sent.draft, idempotencyKey: 'key-2' });
  expect(draft).toMatchObject({ name: '', idempotencyKey: 'key-2', selected: 3, nextKey: 4 });
  expect(draft.texts.map(({ name }) => name)).toEqual(['late']);
  const nothing = reduce(sent, { type: 'created', sent: sent.draft, idempotencyKey: 'key-2' });
  expect(isBlank(nothing.draft)).toBe(true);
});
