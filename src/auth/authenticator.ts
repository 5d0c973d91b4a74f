import type { Log } from '../log.ts';
import { Unauthenticated } from './errors.ts';
import { isJwtId, type JwtOptions, openJwtTokens } from './jwt-tokens.ts';
import { ANONYMOUS, type Principal } from './principal.ts';
import { openStaticTokens } from './static-tokens.ts';

/** Finds out who calls. Disposing of it stops what keeps its tokens and keys up to date. */
export interface Authenticator extends AsyncDisposable {
  /** Whether callers are asked who they are; if not, everyone is ANONYMOUS. */
  readonly isRequired: boolean;
  /**
   * Who calls, by the Authorization header or what stands in for it: `Bearer <token>`. The same
   * token gives the same id each time. Throws Unauthenticated, and AuthenticationUnavailable where
   * that can't be told for the moment.
   */
  authenticate(authorization: string | undefined): Promise<Principal>;
  /**
   * Whether the token of a principal's id may still be used, as far as is known. Not whether it has
   * expired: that is `expiresAtMs`.
   */
  isCurrent(principalId: string): boolean;
}

/** Whose tokens are taken; without any, nobody is asked. */
export interface AuthenticatorOptions {
  /** Entries of static tokens, or the path of a file of them. */
  tokens: string | undefined;
  /** How often such a file is read; 2,000 unless told otherwise. */
  tokensPollMs?: number | undefined;
  jwt: JwtOptions | undefined;
  /** How often the keys for JSON Web Tokens are fetched; 20,000 unless told otherwise. */
  jwksPollMs?: number | undefined;
}

/** RFC 6750, and its scheme in any case, as RFC 9110 has it. */
const BEARER = /^bearer +([\w.~+/-]+=*)$/i;
/** JSON Web Tokens are the longest, and those that don't fit into a header (16 KiB) can't be sent anyway. */
const TOKEN_MAX_LENGTH = 16_384;

/** Begins to take tokens. Throws AuthTokensError where the static ones are wrong. */
export async function openAuthenticator(options: AuthenticatorOptions, log: Log): Promise<Authenticator> {
  if (options.tokens === undefined && options.jwt === undefined) {
    return OPEN;
  }
  await using opening = new AsyncDisposableStack();
  const { tokens, tokensPollMs, jwt, jwksPollMs } = options;
  const fixed =
    tokens === undefined ? undefined : opening.use(await openStaticTokens({ tokens, pollMs: tokensPollMs }, log));
  const signed = jwt === undefined ? undefined : opening.use(await openJwtTokens({ ...jwt, pollMs: jwksPollMs }, log));
  const opened = opening.move();
  return {
    isRequired: true,
    async authenticate(authorization) {
      const token = tokenOf(authorization);
      const principal = fixed?.find(token);
      if (principal !== undefined) {
        return principal;
      }
      if (signed === undefined) {
        throw new Unauthenticated({ key: 'tokenRefused' });
      }
      return await signed.verify(token);
    },
    isCurrent: (principalId) => (isJwtId(principalId) ? signed : fixed)?.isCurrent(principalId) ?? false,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const OPEN: Authenticator = {
  isRequired: false,
  authenticate: async () => ANONYMOUS,
  isCurrent: () => true,
  async [Symbol.asyncDispose]() {},
};

function tokenOf(authorization: string | undefined): string {
  if (authorization !== undefined && authorization.length > TOKEN_MAX_LENGTH) {
    throw new Unauthenticated({ key: 'tokenRefused' });
  }
  const token = BEARER.exec(authorization?.trim() ?? '')?.[1];
  if (token === undefined) {
    throw new Unauthenticated({ key: 'tokenNeeded' });
  }
  return token;
}
