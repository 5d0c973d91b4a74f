import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AuthTokensError } from '../../src/auth/errors.ts';
import { formatEntry } from '../../src/auth/token-entries.ts';
import { TokenFile } from '../../src/auth/token-file.ts';
import { watchLog } from '../helpers/log.ts';
import { createTestFolder } from '../helpers/process.ts';

const NEVER_MS = 1_000_000;
const ALICE = formatEntry('alice', 'operator', 'a');
const BOB = formatEntry('bob', 'viewer', 'b');
const ERROR_LEVEL = 50;

let folder: Awaited<ReturnType<typeof createTestFolder>>;
let path: string;

beforeEach(async () => {
  folder = await createTestFolder();
  path = join(folder.path, 'tokens');
});

afterEach(async () => {
  vi.useRealTimers();
  await folder[Symbol.asyncDispose]();
});

/** A file that is read only when the test says so. */
async function open(text: string) {
  await writeFile(path, text);
  const { log, lines } = watchLog();
  const file = await TokenFile.open({ path, pollMs: NEVER_MS, log });
  return {
    subjects: () => file.entries.map(({ principal }) => principal.subject),
    look: () => file.look(),
    /** Long enough for a change to count. */
    async lookTwice() {
      await file.look();
      await file.look();
    },
    log: lines,
    errors: () => lines.filter(({ level }) => level === ERROR_LEVEL).map(({ msg }) => String(msg)),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

function opening(atPath: string): Promise<unknown> {
  return TokenFile.open({ path: atPath, pollMs: NEVER_MS, log: watchLog().log });
}

test('without a file, or an entry in it, the service does not start', async () => {
  await expect(opening(path)).rejects.toThrow(AuthTokensError);
  await expect(opening(path)).rejects.toThrow(/^AUTH_TOKENS: expected the path of a file, .* leads nowhere from \//);
  await expect(opening(folder.path)).rejects.toThrow(/^AUTH_TOKENS: expected a file, got something else at \//);
  await writeFile(path, '# nobody yet\n');
  await expect(opening(join(path, 'x'))).rejects.toThrow(/leads nowhere/);
  await expect(opening(path)).rejects.toThrow(`AUTH_TOKENS: expected at least one entry in ${path}, got none`);
  await writeFile(path, `${ALICE}\nhunter2`);
  await expect(opening(path)).rejects.toThrow(`AUTH_TOKENS: line 2 of ${path}: expected`);
});

test('a path that leads nowhere is not shown, as it may be a token', async () => {
  await expect(opening('/Zm9vYmFyYmF6')).rejects.not.toThrow('Zm9vYmFyYmF6');
});

test('a link that leads round in a circle can not be read, and the error says so', async () => {
  await symlink(path, path);
  await expect(opening(path)).rejects.toThrow(`AUTH_TOKENS: expected a file that can be read, got ELOOP for ${path}`);
});

test('what was added is taken, and what was taken out is not', async () => {
  await using tokens = await open(`${ALICE}\n`);
  expect(tokens.subjects()).toEqual(['alice']);
  await writeFile(path, `${BOB}\n`);
  await tokens.lookTwice();
  expect(tokens.subjects()).toEqual(['bob']);
  expect(tokens.log).toMatchObject([{ added: ['bob:viewer'], revoked: ['alice:operator'] }]);
});

test('a change counts only once two reads agree, as it may be half written', async () => {
  await using tokens = await open(`${ALICE}\n${BOB}\n`);
  for (const text of ['', `${ALICE}\n`, `${ALICE}\n${BOB.slice(0, 9)}`]) {
    await writeFile(path, text);
    await tokens.look();
    expect(tokens.subjects()).toEqual(['alice', 'bob']);
  }
  await writeFile(path, `${ALICE}\n`);
  await tokens.lookTwice();
  expect(tokens.subjects()).toEqual(['alice']);
  expect(tokens.errors()).toEqual([]);
});

test('a file is seen that was moved over the old one', async () => {
  await using tokens = await open(ALICE);
  await writeFile(`${path}.new`, BOB);
  await rename(`${path}.new`, path);
  await tokens.lookTwice();
  expect(tokens.subjects()).toEqual(['bob']);
});

test('a file is seen whose folder is a link that leads elsewhere now, as with Kubernetes', async () => {
  for (const [name, text] of Object.entries({ one: ALICE, two: BOB })) {
    await mkdir(join(folder.path, name));
    await writeFile(join(folder.path, name, 'tokens'), text);
  }
  const data = join(folder.path, '..data');
  await symlink('one', data);
  await symlink('..data/tokens', path);
  await using file = await TokenFile.open({ path, pollMs: NEVER_MS, log: watchLog().log });
  await symlink('two', `${data}_tmp`);
  await rename(`${data}_tmp`, data);
  await file.look();
  await file.look();
  expect(file.entries.map(({ principal }) => principal.subject)).toEqual(['bob']);
});

test('a file with a wrong entry changes nothing, and says so once, and again each minute', async () => {
  await using tokens = await open(ALICE);
  vi.useFakeTimers({ toFake: ['Date'] });
  await writeFile(path, `${BOB}\nhunter2`);
  await tokens.lookTwice();
  await tokens.lookTwice();
  expect(tokens.subjects()).toEqual(['alice']);
  expect(tokens.errors()).toEqual([
    expect.stringContaining(`the tokens of before stay valid. AUTH_TOKENS: line 2 of ${path}: expected`),
  ]);
  expect(tokens.errors().join()).not.toContain('hunter2');
  vi.setSystemTime(Date.now() + 60_000);
  await tokens.look();
  expect(tokens.errors()).toHaveLength(2);
  await writeFile(path, BOB);
  await tokens.lookTwice();
  vi.setSystemTime(Date.now() + 60_000);
  await tokens.look();
  expect(tokens.subjects()).toEqual(['bob']);
  expect(tokens.errors()).toHaveLength(2);
});

test('a file that was wrong and is as before again is no longer complained of', async () => {
  await using tokens = await open(ALICE);
  vi.useFakeTimers({ toFake: ['Date'] });
  await writeFile(path, 'hunter2');
  await tokens.lookTwice();
  await writeFile(path, ALICE);
  vi.setSystemTime(Date.now() + 60_000);
  await tokens.lookTwice();
  expect(tokens.errors()).toHaveLength(1);
});

test('something that can not be read changes nothing, and says so', async () => {
  await using tokens = await open(ALICE);
  await rm(path);
  await mkdir(path);
  await tokens.lookTwice();
  expect(tokens.subjects()).toEqual(['alice']);
  expect(tokens.errors()).toEqual([
    expect.stringContaining('the tokens of before stay valid. AUTH_TOKENS: expected a file'),
  ]);
});

test.each([
  ['empty', () => writeFile(path, '')],
  ['gone', () => rm(path)],
])('a file that is %s takes every token back, until there is one again', async (_, take) => {
  await using tokens = await open(ALICE);
  await take();
  await tokens.look();
  expect(tokens.subjects()).toEqual(['alice']);
  await tokens.look();
  expect(tokens.subjects()).toEqual([]);
  expect(tokens.errors()).toEqual(['the file of AUTH_TOKENS: there is no token in it: nobody is let in']);
  await writeFile(path, ALICE);
  await tokens.lookTwice();
  expect(tokens.subjects()).toEqual(['alice']);
});
