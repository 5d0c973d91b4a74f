import { expect, test } from 'vitest';
import { type FileOfFolder, MAX_FILE_BYTES, readFiles } from '../../src/dashboard/new/read-files.ts';

/** A file as a dropped folder has it. */
function inFolder(path: string, content: string): FileOfFolder {
  const file = new File([content], path.split('/').at(-1) ?? '');
  return Object.assign(file, { relativePath: path });
}

test('files come in their natural order, named without their ending', async () => {
  const names = ['Part 10.txt', 'part 2.MD', 'Part 1.txt'];
  const { texts, refused } = await readFiles(
    names.map((name) => new File([`Text of ${name}`], name)),
    10,
  );
  expect(texts).toEqual([
    { name: 'Part 1', content: 'Text of Part 1.txt' },
    { name: 'part 2', content: 'Text of part 2.MD' },
    { name: 'Part 10', content: 'Text of Part 10.txt' },
  ]);
  expect(refused).toEqual([]);
});

test('a byte order mark is no part of the text, and lines end as in a text field', async () => {
  const { texts } = await readFiles([new File(['\ufeff中文\r\nnext\rlast'], 'a.txt')], 1);
  expect(texts).toEqual([{ name: 'a', content: '中文\nnext\nlast' }]);
});

test('each file that cannot be taken is named with the reason, and the others are taken', async () => {
  const { texts, refused } = await readFiles(
    [
      new File([Buffer.from('caf\xe9', 'latin1')], 'latin.txt'),
      new File([Buffer.from('\ufeffabc', 'utf16le')], 'utf16.txt'),
      new File([Buffer.from('abc', 'utf16le')], 'utf16-unmarked.md'),
      new File(['x'], 'picture.png'),
      new File(['x'], 'txt'),
      new File(['x'.repeat(MAX_FILE_BYTES + 1)], 'huge.txt'),
      new File(['good'], 'good.txt'),
    ],
    10,
  );
  expect(texts).toEqual([{ name: 'good', content: 'good' }]);
  expect(Object.fromEntries(refused.map(({ name, reason }) => [name, reason]))).toEqual({
    'latin.txt': 'encoding',
    'utf16.txt': 'encoding',
    'utf16-unmarked.md': 'encoding',
    'picture.png': 'ending',
    txt: 'ending',
    'huge.txt': 'size',
  });
});

test('a file that cannot be read any more is refused', async () => {
  class Gone extends File {
    override arrayBuffer(): Promise<ArrayBuffer> {
      return Promise.reject(new Error('A requested file could not be found'));
    }
  }
  expect(await readFiles([new Gone(['x'], 'gone.txt')], 1)).toEqual({
    texts: [],
    refused: [{ name: 'gone.txt', reason: 'unreadable' }],
  });
});

test('only so many are taken as there is room for, and the rest is named', async () => {
  const files = Array.from({ length: 40 }, (_, index) => new File(['x'], `${index}.txt`));
  const { texts, refused } = await readFiles(files, 18);
  expect(texts.map(({ name }) => name)).toEqual(Array.from({ length: 18 }, (_, index) => String(index)));
  expect(refused).toHaveLength(22);
  expect(refused[0]).toEqual({ name: '18.txt', reason: 'room' });
});

test('a dropped folder keeps the order of its folders, and refusals say where a file is', async () => {
  const { texts, refused } = await readFiles(
    [inFolder('/b/1.txt', 'b1'), inFolder('/a/10.txt', 'a10'), inFolder('/a/2.txt', 'a2'), inFolder('/a/x.pdf', '')],
    10,
  );
  expect(texts.map(({ content }) => content)).toEqual(['a2', 'a10', 'b1']);
  expect(refused).toEqual([{ name: 'a/x.pdf', reason: 'ending' }]);
});

test('a name is composed as people type it', async () => {
  const { texts } = await readFiles([new File(['x'], 'caf\u0065\u0301.txt')], 1);
  expect(texts[0]?.name).toBe('caf\u00e9');
});
