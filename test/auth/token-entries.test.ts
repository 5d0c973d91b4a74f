import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AuthTokensError } from '../../src/auth/errors.ts';
import { formatEntry, hashToken, parseEntries } from '../../src/auth/token-entries.ts';

const HASH = hashToken('a').toString('hex');
const OTHER_HASH = hashToken('b').toString('hex');

function problemsOf(text: string, file?: string): string[] {
  try {
    parseEntries(text, file);
  } catch (error) {
    expect(error).toBeInstanceOf(AuthTokensError);
    return String(error instanceof Error && error.message).split('\n');
  }
  throw new Error('expected an AuthTokensError');
}

function whoIn(text: string): string[] {
  return parseEntries(text, 'tokens').map(({ principal: { subject, role } }) => `${subject} ${role}`);
}

test('an entry names a subject, a role, and the hash of a token', () => {
  const [entry, ...others] = parseEntries(formatEntry('李雷@example.com', 'operator', 'a'), undefined);
  expect(others).toEqual([]);
  expect(entry?.hash.equals(hashToken('a'))).toBe(true);
  expect(entry?.principal).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{16}$/),
    subject: '李雷@example.com',
    role: 'operator',
    expiresAtMs: undefined,
  });
});

test('another role, subject or token makes another id, and another spelling of the hash does not', () => {
  const idOf = (entry: string) => parseEntries(entry, undefined)[0]?.principal.id;
  const entries = [
    `alice:operator:sha256:${HASH}`,
    `alice:admin:sha256:${HASH}`,
    `bob:operator:sha256:${HASH}`,
    `alice:operator:sha256:${OTHER_HASH}`,
  ];
  expect(new Set(entries.map(idOf)).size).toBe(4);
  expect(idOf(`alice:operator:sha256:${HASH.toUpperCase()}`)).toBe(idOf(`alice:operator:sha256:${HASH}`));
});

test('entries are separated by commas, blanks and line breaks of any kind, and comments are left out', () => {
  const entry = (subject: string) => formatEntry(subject, 'viewer', subject);
  const text = `\uFEFF# who may come in\r\n${entry('a')},${entry('b')} , ${entry('c')}\t${entry('d#1')}\r\n\r\n  # ${entry('x')}\n${entry('e')} # ${entry('y')}\r${entry('f')}`;
  expect(whoIn(text)).toEqual(['a viewer', 'b viewer', 'c viewer', 'd#1 viewer', 'e viewer', 'f viewer']);
  expect(whoIn(' ,\n# nobody\n')).toEqual([]);
});

test.each([
  ['hunter2', 'expected <subject>:<role>:sha256:<64 hex digits>, got something else (7 characters'],
  [`alice:admin:${HASH}`, 'expected <subject>:<role>:sha256:<64 hex digits>, got something else'],
  [`alice:admin:md5:${HASH}`, 'expected <subject>:<role>:sha256:<64 hex digits>, got something else'],
  [`alice:admin:sha256:${HASH}:x`, 'expected <subject>:<role>:sha256:<64 hex digits>, got something else'],
  ['alice:admin:sha256:', 'expected 64 hex digits after sha256:, got 0 characters'],
  [`alice:admin:sha256:${HASH.slice(1)}`, 'expected 64 hex digits after sha256:, got 63 characters'],
  [`alice:admin:sha256:${HASH.slice(1)}g`, 'got 64 characters, not all of them hex digits'],
  [`alice:boss:sha256:${HASH}`, "expected a role of viewer, operator, admin, got 'boss'"],
  [`alice:Admin:sha256:${HASH}`, "expected a role of viewer, operator, admin, got 'Admin'"],
  [`alice::sha256:${HASH}`, 'expected a role of viewer, operator, admin, got 0 characters'],
  [`:admin:sha256:${HASH}`, 'expected a subject of 1-200 characters'],
  [`${'x'.repeat(201)}:admin:sha256:${HASH}`, 'got 201 characters'],
  [`a\u202Eb:admin:sha256:${HASH}`, 'expected a subject of 1-200 characters'],
  [`a\u0007b:admin:sha256:${HASH}`, 'expected a subject of 1-200 characters'],
])('%j is no entry', (entry, problem) => {
  const [first, ...others] = problemsOf(entry);
  expect(others).toEqual([]);
  expect(first).toMatch(/^AUTH_TOKENS: entry 1: expected /);
  expect(first).toContain(problem);
  expect(first).not.toContain(HASH.slice(1, 20));
});

test('a token that was put there by mistake is not shown, wherever it stands', () => {
  const token = fc.stringMatching(/^[\w~+/=.-]{21,60}$/);
  const around = fc.constantFrom(
    (text: string) => text,
    (text: string) => `${text}:admin`,
    (text: string) => `alice:${text}`,
    (text: string) => `alice:${text}:sha256:${HASH}`,
    (text: string) => `alice:admin:${text}`,
    (text: string) => `alice:admin:sha256:${text}`,
    (text: string) => `alice:admin:sha256:${HASH}:${text}`,
    (text: string) => `${text.repeat(10)}:admin:sha256:${HASH}`,
  );
  fc.assert(
    fc.property(token, around, (secret, put) => {
      expect(problemsOf(put(secret)).join()).not.toContain(secret);
    }),
  );
});

test('every wrong entry is named, by its line where it is in a file', () => {
  const text = `hunter2\n# fine\nalice:admin:sha256:${HASH}\nbob:boss:sha256:${OTHER_HASH}`;
  expect(problemsOf(text).map((line) => line.slice(0, 30))).toEqual([
    'AUTH_TOKENS: entry 1: expected',
    'AUTH_TOKENS: entry 3: expected',
  ]);
  expect(problemsOf(text, '/etc/tokens')).toEqual([
    expect.stringMatching(/^AUTH_TOKENS: line 1 of \/etc\/tokens: expected <subject>/),
    "AUTH_TOKENS: line 4 of /etc/tokens: expected a role of viewer, operator, admin, got 'boss'",
  ]);
});

test('a file of something else does not flood the log', () => {
  const problems = problemsOf('something else\n'.repeat(1_000), 'README.md');
  expect(problems).toHaveLength(11);
  expect(problems.at(-1)).toBe('AUTH_TOKENS: and 1990 more');
});

test('one token can not stand for two', () => {
  const text = `alice:viewer:sha256:${HASH} bob:admin:sha256:${HASH.toUpperCase()}`;
  expect(problemsOf(text)).toEqual(['AUTH_TOKENS: entry 2: expected a token of its own, got the one of entry 1']);
});
