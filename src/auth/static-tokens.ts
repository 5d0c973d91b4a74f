import { timingSafeEqual } from 'node:crypto';
import type { Log } from '../log.ts';
import { AuthTokensError } from './errors.ts';
import type { Principal } from './principal.ts';
import { hashToken, parseEntries, type TokenEntry } from './token-entries.ts';
import { TokenFile } from './token-file.ts';

/** The tokens that AUTH_TOKENS gives, of which only hashes are kept. Disposing of it stops what watches the file. */
export interface StaticTokens extends AsyncDisposable {
  /** For whom a token stands; undefined for one that is not, or no longer, in the list. */
  find(token: string): Principal | undefined;
  /** Whether a principal's token is still in the list, for the same subject and role. */
  isCurrent(principalId: string): boolean;
}

/** Where the tokens are. */
export interface StaticTokensOptions {
  /** Entries, or the path of a file with entries where it begins with `/`, `./` or `../`. */
  tokens: string;
  /** How often a file is read; 2,000 unless told otherwise. A change counts once two reads in a row agree. */
  pollMs?: number | undefined;
}

const POLL_MS = 2_000;

/** Reads the tokens that are taken, and goes on to watch a file of them. Throws AuthTokensError. */
export async function openStaticTokens({ tokens, pollMs }: StaticTokensOptions, log: Log): Promise<StaticTokens> {
  const source = /^\.{0,2}\//.test(tokens)
    ? await TokenFile.open({ path: tokens, pollMs: pollMs ?? POLL_MS, log })
    : { entries: givenEntries(tokens), async [Symbol.asyncDispose]() {} };
  return {
    find(token) {
      const hash = hashToken(token);
      let found: Principal | undefined;
      // All of them, whichever fits: how long it takes must not tell where.
      for (const entry of source.entries) {
        if (timingSafeEqual(entry.hash, hash)) {
          found = entry.principal;
        }
      }
      return found;
    },
    isCurrent: (principalId) => source.entries.some(({ principal }) => principal.id === principalId),
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}

function givenEntries(text: string): TokenEntry[] {
  const entries = parseEntries(text, undefined);
  if (entries.length === 0) {
    throw new AuthTokensError('AUTH_TOKENS: expected at least one entry, got none');
  }
  return entries;
}
