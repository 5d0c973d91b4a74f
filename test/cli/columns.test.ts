import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { cut, padTo, printable, table } from '../../src/cli/columns.ts';

test('what comes from elsewhere can neither move the cursor nor start a line', () => {
  expect(printable('\u001b[2Jgone\r\nnext\u202ereversed\t.')).toBe('[2Jgone next reversed .');
});

test('texts are cut and filled by the columns that they take', () => {
  expect(cut('abcdef', 6)).toBe('abcdef');
  expect(cut('abcdefg', 6)).toBe('abcde…');
  expect(cut('茶的故事很長', 6)).toBe('茶的…');
  expect(cut('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 5)).toBe('👩‍👩‍👧‍👦👩‍👩‍👧‍👦…');
  expect(cut('abc', 0)).toBe('');
  expect(padTo('茶', 4)).toBe('茶  ');
});

const COLUMNS = [
  { title: 'ID', text: (row: string[]) => row[0] ?? '' },
  { title: 'NAME', text: (row: string[]) => row[1] ?? '', shortest: 6 },
  { title: 'SIZE', text: (row: string[]) => row[2] ?? '', align: 'right' as const, optional: true as const },
];
const ROWS = [
  ['1', '茶的故事', '10'],
  ['22', 'A lighthouse', '9'],
];

test('columns of a table stand below each other', () => {
  expect(table(COLUMNS, ROWS)).toEqual(['ID  NAME          SIZE', '1   茶的故事        10', '22  A lighthouse     9']);
});

test('a narrow table cuts what may be cut, and then leaves out what may be left out', () => {
  expect(table(COLUMNS, ROWS, 18)).toEqual(['ID  NAME      SIZE', '1   茶的故事    10', '22  A light…     9']);
  expect(table(COLUMNS, ROWS, 12)).toEqual(['ID  NAME', '1   茶的…', '22  A lig…']);
});

test('no line of a table is longer than the terminal is wide, however narrow that is', () => {
  const rows = [['batch_0192f0c1-2a3b-7c4d-8e5f-60718293a4b5', '茶的故事', '10']];
  for (let width = 1; width <= 60; width += 1) {
    for (const line of table(COLUMNS, rows, width)) {
      expect(stringWidth(line)).toBeLessThanOrEqual(width);
    }
  }
  expect(table(COLUMNS, rows, 24)).toEqual(['ID                NAME', 'batch_0192f0c1-…  茶的…']);
});
