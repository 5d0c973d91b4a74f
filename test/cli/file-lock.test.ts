import { spawnSync } from 'node:child_process';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { takeLock } from '../../src/cli/file-lock.ts';
import { createTestFolder } from '../helpers/process.ts';

const gone = () => spawnSync(process.execPath, ['--version']).pid;

test('a lock is held by one at a time, and can be taken once it is given back', async () => {
  await using folder = await createTestFolder();
  const path = join(folder.path, 'lock');
  {
    await using lock = await takeLock(path);
    expect(lock).toBeDefined();
    expect(await takeLock(path)).toBeUndefined();
  }
  await using again = await takeLock(path);
  expect(again).toBeDefined();
});

test.each([
  ['a process that has died', () => `${hostname()} ${gone()} 1`],
  ['a process whose number another one has by now', () => `${hostname()} ${process.pid} 1`],
])('that of %s is taken over at once', async (_whose, said) => {
  await using folder = await createTestFolder();
  const path = join(folder.path, 'lock');
  await writeFile(path, said());
  await using lock = await takeLock(path);
  expect(lock).toBeDefined();
});

test('that of another machine is taken over once it was not touched for a minute', async () => {
  await using folder = await createTestFolder();
  const path = join(folder.path, 'lock');
  await writeFile(path, 'elsewhere 1 1');
  expect(await takeLock(path)).toBeUndefined();
  const before = new Date(Date.now() - 61_000);
  await utimes(path, before, before);
  await using lock = await takeLock(path);
  expect(lock).toBeDefined();
});

test('a file of somebody else is never taken for a lock that can go', async () => {
  await using folder = await createTestFolder();
  const path = join(folder.path, 'lock');
  await writeFile(path, 'My notes on locks');
  await utimes(path, 0, 0);
  expect(await takeLock(path)).toBeUndefined();
  expect(await readFile(path, 'utf8')).toBe('My notes on locks');
});
