import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { openStaticTokens } from '../../src/auth/static-tokens.ts';
import { watchLog } from '../helpers/log.ts';

const SCRIPT = resolve(import.meta.dirname, '../../src/auth/make-token.ts');

function makeToken(
  ...args: string[]
): Promise<{ code: number | string | null | undefined; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [SCRIPT, ...args], (error, stdout, stderr) => {
      done({ code: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}

test('a new token comes with the entry that takes it, and with words for people apart from both', async () => {
  const { code, stdout, stderr } = await makeToken('李雷', 'operator');
  expect(code).toBe(0);
  const [token = '', entry = '', ...rest] = stdout.split('\n');
  expect(rest).toEqual(['']);
  expect(token).toMatch(/^srt_[\w-]{43}$/);
  expect(stderr).toMatch(/^Give this token to 李雷.*\nPut this entry into AUTH_TOKENS.*\n$/);
  await using tokens = await openStaticTokens({ tokens: entry }, watchLog().log);
  expect(tokens.find(token)).toMatchObject({ subject: '李雷', role: 'operator' });
});

test.each([
  [[], "missing required argument 'subject'"],
  [['alice'], "missing required argument 'role'"],
  [['alice', 'boss'], 'Allowed choices are viewer, operator, admin.'],
  [['a:b', 'admin'], 'Expected 1-200 characters, not beginning with #, without colons'],
  [['#a', 'admin'], 'Expected 1-200 characters, not beginning with #, without colons'],
  [['alice', 'admin', 'x'], 'too many arguments'],
])('%j is wrong, and the error says why', async (args, problem) => {
  const { code, stdout, stderr } = await makeToken(...args);
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain(problem);
});
