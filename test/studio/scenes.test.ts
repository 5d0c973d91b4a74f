import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pieces } from '../../src/studio/pieces.ts';
import { readingS, sceneS } from '../../src/studio/reading-time.ts';
import { scenesOf } from '../../src/studio/scenes.ts';
import { paragraphs, sentences } from '../../src/studio/sentences.ts';
import { longText } from './workshop.ts';

const texts = (content: string): string[] => scenesOf(content).map((scene) => scene.text);
const visible = (text: string): string =>
  text.toWellFormed().replace(/[\s\p{Cc}\ufeff\p{Noncharacter_Code_Point}]/gu, '');

describe('scenesOf', () => {
  it('gives a heading a scene of its own and keeps short sentences together', () => {
    const text = 'How bread rises\n\nFlour, water, salt. That is all. An hour later the dough has doubled in size.';
    expect(texts(text)).toEqual([
      'How bread rises',
      'Flour, water, salt. That is all. An hour later the dough has doubled in size.',
    ]);
  });

  it('splits Chinese at its own full stops', () => {
    const first = '每個月，月亮都從一彎細眉慢慢變成一輪圓盤，再一點一點消瘦下去，古人說它在生病。';
    const second = '其實月亮從來沒有變過形狀：它永遠是一顆圓球，永遠有一半被太陽照亮，另一半藏在黑暗裡。';
    expect(texts(first + second)).toEqual([first, second]);
  });

  it('splits a text of both languages', () => {
    const shown = texts('茶 came to Europe as 「tea」 by sea. 走陸路的則叫 chai。\n\n兩個名字，one leaf.');
    expect(shown).toEqual(['茶 came to Europe as 「tea」 by sea. 走陸路的則叫 chai。', '兩個名字，one leaf.']);
  });

  it('cuts a long sentence after a comma, into parts of about one length', () => {
    const clause = 'the lamp that had burned for two hundred years went out';
    const parts = pieces(`${clause}, ${clause}, ${clause}, ${clause}, ${clause}, ${clause}.`);
    expect(parts.map((part) => part.trim())).toEqual([
      `${clause}, ${clause}, ${clause},`,
      `${clause}, ${clause}, ${clause}.`,
    ]);
  });

  it('does not take the comma of a number for the end of a clause', () => {
    const parts = pieces(`${'word '.repeat(30)}3,000 ${'word '.repeat(30)}`);
    expect(parts.some((part) => part.includes('3,000'))).toBe(true);
  });

  it('cuts one endless word anywhere', () => {
    const word = 'x'.repeat(5000);
    const shown = texts(word);
    expect(shown.join('')).toBe(word);
    expect(Math.max(...shown.map((text) => text.length))).toBeLessThanOrEqual(220);
  });

  it('does not cut an emoji in two', () => {
    const family = '👨‍👩‍👧‍👦';
    const shown = texts(family.repeat(500));
    expect(shown.join('')).toBe(family.repeat(500));
    for (const text of shown) expect(text.replaceAll(family, '')).toBe('');
  });

  it('cuts even a letter under thousands of accents', () => {
    const letter = `a${'\u0301'.repeat(9000)}`;
    const shown = texts(letter);
    expect(shown.join('')).toBe(letter);
    expect(shown.length).toBeGreaterThan(10);
  });

  it('reads Windows and old Mac line ends as line ends', () => {
    const unix = 'A heading\n\nA first line.\nA second line.';
    expect(scenesOf(unix.replaceAll('\n', '\r\n'))).toEqual(scenesOf(unix));
    expect(scenesOf(unix.replaceAll('\n', '\r'))).toEqual(scenesOf(unix));
  });

  it('shows short lines together, as in a list', () => {
    expect(texts('- flour\n- water\n- salt')).toEqual(['- flour\n- water\n- salt']);
  });

  it('joins the lines of a paragraph that an editor has wrapped', () => {
    const wrapped = 'When flour meets water, two of its proteins join hands and form\nlong elastic threads.';
    expect(paragraphs(wrapped)).toEqual([wrapped.replace('\n', ' ')]);
    const chinese = '當麵粉遇到水，其中兩種蛋白質便手牽著手連成又長又有彈性的細\n絲。';
    expect(paragraphs(chinese)).toEqual([chinese.replace('\n', '')]);
  });

  it('does not take the stop of an abbreviation for the end of a sentence', () => {
    expect(sentences('Dr. Watson met J. Smith at St. James. They left.')).toEqual([
      'Dr. Watson met J. Smith at St. James. ',
      'They left.',
    ]);
  });

  it('has nothing to show for spaces and control characters', () => {
    expect(scenesOf(' \n\u0000\u0007\r\n\t\ufeff ')).toEqual([]);
  });

  it('is bounded for the longest text of one-letter lines', () => {
    expect(scenesOf('a\n\n'.repeat(3333)).length).toBeLessThan(700);
  });

  it('loses nothing that can be seen and keeps the order, whatever the text', () => {
    const parts = fc.constantFrom(
      '. ',
      '。',
      '，',
      '\n',
      '\r\n\r\n',
      ' ',
      '- ',
      '「',
      'Dr. ',
      '茶',
      'word ',
      '😀',
      '1,000',
    );
    const text = fc.array(fc.oneof(parts, fc.string({ unit: 'binary', maxLength: 40 })), { maxLength: 60 });
    fc.assert(
      fc.property(text, (pieces) => {
        const content = pieces.join('');
        expect(visible(texts(content).join(''))).toBe(visible(content));
      }),
      { numRuns: 300 },
    );
  });

  it('gives every scene a text and 2 to 12 seconds, in halves', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), (content) => {
        for (const { text, durationS } of scenesOf(content)) {
          expect(text.trim()).not.toBe('');
          expect(durationS).toBeGreaterThanOrEqual(2);
          expect(durationS).toBeLessThanOrEqual(12);
          expect(Number.isInteger(durationS * 2)).toBe(true);
        }
      }),
    );
  });
});

describe('reading time', () => {
  it('is by the word in English and by the character in Chinese', () => {
    expect(readingS('one two three four five six seven')).toBeCloseTo(2);
    expect(readingS('九個字要一秒鐘來讀。')).toBeCloseTo(1);
  });

  it('counts a long word as several', () => {
    expect(readingS('a'.repeat(80))).toBeCloseTo(10 / 3.5);
  });

  it('makes a scene of at least 2 and at most 12 seconds', () => {
    expect(sceneS('Hi')).toBe(2);
    expect(sceneS('one two three four five six seven')).toBe(2.5);
    expect(sceneS(longText(3000))).toBe(12);
  });
});
