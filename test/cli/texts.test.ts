import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RefusedError } from '../../src/cli/failures.ts';
import { defaultName, readTexts } from '../../src/cli/texts.ts';
import { createTestFolder } from '../helpers/process.ts';

const TEXT = 'A text that is long enough. '.repeat(20).trim();

let folder: Awaited<ReturnType<typeof createTestFolder>>;
beforeAll(async () => {
  folder = await createTestFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

/** Writes files into a folder of its own; gives its path. */
async function put(name: string, files: Record<string, string | Uint8Array>): Promise<string> {
  const path = join(folder.path, name);
  await mkdir(path);
  for (const [file, content] of Object.entries(files)) {
    await writeFile(join(path, file), content);
  }
  return path;
}

/** The lines of the error. */
async function problemsOf(paths: string[]): Promise<string[]> {
  const error = await readTexts(paths).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RefusedError);
  return error instanceof RefusedError ? error.message.split('\n') : [];
}

test('a folder gives its .txt and .md files in natural order, and nothing else', async () => {
  const path = await put('order', {
    'chapter 10.txt': TEXT,
    'chapter 2.MD': TEXT,
    'chapter 1.txt': TEXT,
    '.hidden.txt': TEXT,
    'picture.jpg': 'jpeg',
  });
  await mkdir(join(path, 'inner'));
  await mkdir(join(path, 'folder.txt'));
  await writeFile(join(path, 'inner', 'deep.txt'), TEXT);
  const texts = await readTexts([path]);
  expect(texts.map(({ name }) => name)).toEqual(['chapter 1', 'chapter 2', 'chapter 10']);
  expect(texts[0]).toEqual({ name: 'chapter 1', content: TEXT, file: join(path, 'chapter 1.txt') });
  expect(defaultName([path], texts)).toBe('order');
});

test('files come in the order in which they are given, whatever they are called', async () => {
  const path = await put('files', { 'b.story': TEXT, a: TEXT });
  const paths = [join(path, 'b.story'), join(path, 'a')];
  const texts = await readTexts(paths);
  expect(texts.map(({ name }) => name)).toEqual(['b', 'a']);
  expect(defaultName(paths, texts)).toBe('2 texts');
  expect(defaultName(paths.slice(0, 1), texts.slice(0, 1))).toBe('b');
});

test('a byte order mark and white space around a text are no part of it', async () => {
  const path = await put('marks', { 'marked.txt': `\uFEFF\n ${TEXT}\r\n\n` });
  expect((await readTexts([path]))[0]?.content).toBe(TEXT);
});

test('characters are counted as code points', async () => {
  const path = await put('points', { 'short.txt': '🎬'.repeat(499), 'long.txt': '🎬'.repeat(10_000) });
  expect(await problemsOf([path])).toEqual([
    `${join(path, 'short.txt')}: expected 500 to 10,000 characters, got 499`,
    'Nothing was sent: mend this and submit again',
  ]);
});

test('every file that is wrong is named in a line of its own, with what was expected and what came', async () => {
  const path = await put('wrong', {
    'long.txt': 'a'.repeat(10_001),
    'latin.txt': Buffer.from('Caf\u00e9 '.repeat(200), 'latin1'),
    'wider.txt': Buffer.concat([Buffer.from('fffe0000', 'hex'), ...[...TEXT].map((c) => Buffer.from(`${c}\0\0\0`))]),
    'wide.txt': Buffer.from(`\uFEFF${TEXT}`, 'utf16le'),
    'nul.txt': `${TEXT}\0`,
    'nothing.txt': '\u200b'.repeat(600),
    'huge.txt': ' '.repeat(1_000_001),
    [`${'n'.repeat(201)}.txt`]: TEXT,
    'fine.txt': TEXT,
  });
  const empty = await put('empty', {});
  const pictures = await put('pictures', { 'one.jpg': 'jpeg' });
  const missing = join(folder.path, 'missing.txt');
  expect(await problemsOf([missing, path, empty, pictures])).toEqual([
    `${missing}: expected a file or a folder, but there is none`,
    `${empty}: expected .txt or .md files in it, got an empty folder`,
    `${pictures}: expected .txt or .md files in it, got 1 other`,
    `${join(path, 'huge.txt')}: expected a text of at most 10,000 characters, got 1,000,001 bytes`,
    `${join(path, 'latin.txt')}: expected text in UTF-8, got bytes that are none`,
    `${join(path, 'long.txt')}: expected 500 to 10,000 characters, got 10,001`,
    `${join(path, `${'n'.repeat(201)}.txt`)}: expected a name of 1 to 200 characters, got 201`,
    `${join(path, 'nothing.txt')}: expected a text, got nothing that can be seen`,
    `${join(path, 'nul.txt')}: expected text, got a file with NUL characters in it`,
    `${join(path, 'wide.txt')}: expected text in UTF-8, got UTF-16`,
    `${join(path, 'wider.txt')}: expected text in UTF-8, got UTF-32`,
    'Nothing was sent: mend these 11 problems and submit again',
  ]);
});

test('what is no file is named, and not waited for', async () => {
  const path = await put('special', { 'fine.txt': TEXT });
  execFileSync('mkfifo', [join(path, 'pipe.txt')]);
  await using socket = createServer().listen(join(path, 'socket.md'));
  await once(socket, 'listening');
  await symlink('/dev/null', join(path, 'device.txt'));
  await symlink('nowhere', join(path, 'link.txt'));
  expect(await problemsOf([path, join(path, 'pipe.txt'), ''])).toEqual([
    `${join(path, 'pipe.txt')}: expected a file or a folder, got a pipe`,
    "expected a file or a folder, got ''",
    `${join(path, 'device.txt')}: expected a file, got a device`,
    `${join(path, 'link.txt')}: expected a file or a folder, but there is none`,
    `${join(path, 'pipe.txt')}: expected a file, got a pipe`,
    `${join(path, 'socket.md')}: expected a file, got a socket`,
    'Nothing was sent: mend these 6 problems and submit again',
  ]);
});

test('a name that is no UTF-8 is told', async () => {
  const path = await put('names', { 'fine.txt': TEXT });
  await writeFile(Buffer.concat([Buffer.from(`${path}/caf`), Buffer.from('e92e747874', 'hex')]), TEXT);
  expect(await problemsOf([path])).toEqual([
    `${join(path, 'caf\ufffd.txt')}: expected a name in UTF-8, got bytes that are none: rename it`,
    'Nothing was sent: mend this and submit again',
  ]);
});
