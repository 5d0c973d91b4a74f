import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStaticTokens } from '../../src/auth/static-tokens.ts';
import { formatEntry } from '../../src/auth/token-entries.ts';
import { watchLog } from '../helpers/log.ts';
import { createTestFolder } from '../helpers/process.ts';

const ENTRIES = [
  formatEntry('alice', 'operator', 'token of alice'),
  formatEntry('bob', 'viewer', 'token of bob'),
  formatEntry('carol', 'admin', 'token of carol'),
];

function open(tokens: string, pollMs?: number) {
  return openStaticTokens({ tokens, pollMs }, watchLog().log);
}

test('each token stands for its subject and role, and any other for nobody', async () => {
  await using tokens = await open(ENTRIES.join(','));
  expect(tokens.find('token of alice')).toMatchObject({ subject: 'alice', role: 'operator' });
  expect(tokens.find('token of bob')).toMatchObject({ subject: 'bob', role: 'viewer' });
  expect(tokens.find('token of carol')).toMatchObject({ subject: 'carol', role: 'admin' });
  expect(tokens.find('token of dave')).toBeUndefined();
  expect(tokens.find('')).toBeUndefined();
});

test('the hash of a token is no token', async () => {
  await using tokens = await open(ENTRIES.join(','));
  expect(tokens.find(ENTRIES[0]?.split(':')[3] ?? '')).toBeUndefined();
  expect(tokens.find(ENTRIES[0] ?? '')).toBeUndefined();
});

test('ids are current that are in the list', async () => {
  await using tokens = await open(ENTRIES.join(','));
  expect(tokens.isCurrent(tokens.find('token of bob')?.id ?? '')).toBe(true);
  expect(tokens.isCurrent('0123456789abcdef')).toBe(false);
  expect(tokens.isCurrent('anonymous')).toBe(false);
});

test('a variable without an entry is a mistake, not an open door', async () => {
  await expect(open(' , ')).rejects.toThrow('AUTH_TOKENS: expected at least one entry, got none');
});

test('a token that was taken out of the file counts no more, nor does its id; one with another role has another id', async () => {
  await using folder = await createTestFolder();
  const path = join(folder.path, 'tokens');
  await writeFile(path, ENTRIES.join('\n'));
  await using tokens = await open(path, 5);
  const alice = tokens.find('token of alice');
  const bob = tokens.find('token of bob');
  const carol = tokens.find('token of carol');
  await writeFile(`${path}.new`, [formatEntry('bob', 'admin', 'token of bob'), ENTRIES[2]].join('\n'));
  await rename(`${path}.new`, path);
  await expect.poll(() => tokens.find('token of alice')).toBeUndefined();
  expect([alice, bob, carol].map((principal) => tokens.isCurrent(principal?.id ?? ''))).toEqual([false, false, true]);
  expect(tokens.find('token of bob')).toMatchObject({ subject: 'bob', role: 'admin' });
});

test('a file is found from the folder in which the service was started, too', async () => {
  await expect(open('./no/such/file')).rejects.toThrow(`leads nowhere from ${process.cwd()}`);
  await expect(open('../no/such/file')).rejects.toThrow('leads nowhere');
});
