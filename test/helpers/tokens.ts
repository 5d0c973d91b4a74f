import { createHash } from 'node:crypto';
import type { Role } from '../../src/auth/principal.ts';

/** A token of a test's own, and how AUTH_TOKENS has it. */
export interface TestToken {
  readonly subject: string;
  readonly token: string;
  readonly entry: string;
  /** The headers that it is sent with. */
  readonly headers: { readonly authorization: string };
}

/** Makes a token. The same subject and role make the same one. */
export function tokenOf(subject: string, role: Role): TestToken {
  const token = `srt_${subject}-${role}-for-tests`;
  const hash = createHash('sha256').update(token).digest('hex');
  return {
    subject,
    token,
    entry: `${subject}:${role}:sha256:${hash}`,
    headers: { authorization: `Bearer ${token}` },
  };
}

/** What AUTH_TOKENS is for these. */
export function entriesOf(...tokens: readonly TestToken[]): string {
  return tokens.map(({ entry }) => entry).join(',');
}
