import { createHash } from 'node:crypto';
import { AuthTokensError } from './errors.ts';
import { type Principal, ROLES, type Role } from './principal.ts';
import { ENTRY_SUBJECT_RULE, isEntrySubject } from './subject.ts';

/** A token that is taken: its hash, and for whom it stands. */
export interface TokenEntry {
  readonly hash: Buffer;
  readonly principal: Principal;
}

const FORM = '<subject>:<role>:sha256:<64 hex digits>';
const HASH = /^[0-9a-f]{64}$/i;
/** Enough to see what is wrong with a file that is none of tokens. */
const MAX_PROBLEMS = 10;

/** SHA-256 of a token. Tokens are long and random, so that it needs neither salt nor slowness. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** The entry of AUTH_TOKENS for a token. */
export function formatEntry(subject: string, role: Role, token: string): string {
  return `${subject}:${role}:sha256:${hashToken(token).toString('hex')}`;
}

/**
 * Reads entries that are separated by line breaks, blanks or commas; `#` at the start of a line or
 * after a blank begins a comment. `file` is where they come from, undefined for the variable itself.
 * Throws AuthTokensError with every problem, by entry or by line.
 */
export function parseEntries(text: string, file: string | undefined): TokenEntry[] {
  const entries: TokenEntry[] = [];
  const places = new Map<string, string>();
  const problems: string[] = [];
  for (const { word, line, position } of wordsOf(text)) {
    const place = file === undefined ? `entry ${position}` : `line ${line} of ${file}`;
    const entry = parseEntry(word);
    if (typeof entry === 'string') {
      problems.push(`AUTH_TOKENS: ${place}: ${entry}`);
      continue;
    }
    const hash = entry.hash.toString('hex');
    const first = places.get(hash);
    if (first === undefined) {
      places.set(hash, place);
      entries.push(entry);
    } else {
      problems.push(`AUTH_TOKENS: ${place}: expected a token of its own, got the one of ${first}`);
    }
  }
  if (problems.length > MAX_PROBLEMS) {
    problems.splice(MAX_PROBLEMS, Infinity, `AUTH_TOKENS: and ${problems.length - MAX_PROBLEMS} more`);
  }
  if (problems.length > 0) {
    throw new AuthTokensError(problems.join('\n'));
  }
  return entries;
}

function wordsOf(text: string): { word: string; line: number; position: number }[] {
  return text
    .split(/\r\n|\r|\n/)
    .flatMap((content, index) => {
      const words = content.replace(/(^|\s)#.*$/, '').split(/[\s,]+/);
      return words.filter((word) => word !== '').map((word) => ({ word, line: index + 1 }));
    })
    .map((each, index) => ({ ...each, position: index + 1 }));
}

/** The entry, or what is wrong with it. Shows nothing that could be a token which was put there by mistake. */
function parseEntry(word: string): TokenEntry | string {
  const [subject = '', role = '', algorithm, hash = '', ...rest] = word.split(':');
  if (algorithm !== 'sha256' || rest.length > 0) {
    return `expected ${FORM}, got something else (${word.length} characters, not shown as they may be a token)`;
  }
  if (!HASH.test(hash)) {
    const others = /^[0-9a-f]*$/i.test(hash) ? '' : ', not all of them hex digits';
    return `expected 64 hex digits after sha256:, got ${hash.length} characters${others}`;
  }
  if (!isEntrySubject(subject)) {
    return `expected a subject of ${ENTRY_SUBJECT_RULE}, got ${subject.length} characters`;
  }
  const known = ROLES.find((each) => each === role);
  if (known === undefined) {
    const got = /^[a-z]{1,20}$/i.test(role) ? `'${role}'` : `${role.length} characters`;
    return `expected a role of ${ROLES.join(', ')}, got ${got}`;
  }
  // Over all of the entry: whoever gets another role is somebody else to what the old one has opened.
  const id = hashToken(`${subject}:${known}:${hash.toLowerCase()}`).toString('hex').slice(0, 16);
  return {
    hash: Buffer.from(hash, 'hex'),
    principal: { id, subject, role: known, expiresAtMs: undefined },
  };
}
