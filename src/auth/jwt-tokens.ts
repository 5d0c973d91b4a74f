import { type CryptoKey, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Log } from '../log.ts';
import { AuthError, AuthenticationUnavailable, Unauthenticated } from './errors.ts';
import { JwtKeys } from './jwt-keys.ts';
import { type Principal, ROLES, type Role } from './principal.ts';
import { isSubject, SUBJECT_RULE } from './subject.ts';
import { hashToken } from './token-entries.ts';

/** The JSON Web Tokens of one issuer for one audience. Disposing of it stops fetching the issuer's keys. */
export interface JwtTokens extends AsyncDisposable {
  /**
   * For whom a token stands. Throws Unauthenticated, and AuthenticationUnavailable where the keys
   * can't be fetched, or can't be used.
   */
  verify(token: string): Promise<Principal>;
  /**
   * Whether the key that the principal's token was signed with is still in use, as far as is known.
   * Not whether it has expired: the principal says when it does.
   */
  isCurrent(principalId: string): boolean;
}

/** Whose tokens are taken. */
export interface JwtOptions {
  /** Where the issuer's public keys are: a JSON Web Key Set. */
  jwksUrl: string;
  /** What the claim iss has to be. */
  issuer: string;
  /** What the claim aud has to be, or to hold. */
  audience: string;
}

/** How often the keys are fetched, and how long they count after that. */
export interface JwtTiming {
  /** 20,000 unless told otherwise. */
  pollMs?: number | undefined;
  /** 60,000 unless told otherwise. */
  maxAgeMs?: number | undefined;
}

/** Only those with a public key: with others, whoever can check a token can make one. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const POLL_MS = 20_000;
const MAX_AGE_MS = 60_000;
/** By how much the issuer's clock may differ. */
const CLOCK_TOLERANCE_S = 5;
const ID = /^jwt-([0-9a-f]{16})-[0-9a-f]{16}$/;

/** Whether the id is of a principal that came with a JSON Web Token. */
export function isJwtId(principalId: string): boolean {
  return ID.test(principalId);
}

/**
 * Fetches the issuer's keys and begins to take its tokens. Where they can't be fetched, that is
 * logged, and tokens are AuthenticationUnavailable until they can.
 */
export async function openJwtTokens(options: JwtOptions & JwtTiming, log: Log): Promise<JwtTokens> {
  const { jwksUrl: url, issuer, audience, pollMs = POLL_MS, maxAgeMs = MAX_AGE_MS } = options;
  const keys = await JwtKeys.open({ url, pollMs, maxAgeMs, log });
  const rules = {
    issuer,
    audience,
    algorithms: ALGORITHMS,
    clockTolerance: CLOCK_TOLERANCE_S,
    requiredClaims: ['exp'],
  };

  async function verify(token: string): Promise<Principal> {
    try {
      const { payload, key } = await verifyWithAny(token, keys.find, rules);
      const tokenId = hashToken(token).toString('hex').slice(0, 16);
      return principalOf(payload, `jwt-${keys.idOf(key)}-${tokenId}`);
    } catch (error) {
      if (error instanceof AuthError) {
        throw error;
      }
      if (error instanceof errors.JOSEError) {
        // Not for the client, which may be anybody; but whoever runs the service has to find out why.
        log.debug({ reason: error.message }, 'a JSON Web Token was refused');
        throw new Unauthenticated({ key: 'tokenRefused' });
      }
      // The token has been read and its key found: what fails here is the key, such as one that is too short.
      log.error({ err: error }, 'a key of AUTH_JWKS_URL can not be used');
      throw new AuthenticationUnavailable(error);
    }
  }

  return {
    verify,
    isCurrent: (principalId) => keys.has(ID.exec(principalId)?.[1] ?? ''),
    [Symbol.asyncDispose]: () => keys[Symbol.asyncDispose](),
  };
}

type Rules = Parameters<typeof jwtVerify>[2];
type Verified = { payload: JWTPayload; key: CryptoKey };

/** Verifies a token; with each key in question where several are, as its issuer does not name its keys. */
async function verifyWithAny(token: string, find: JWTVerifyGetKey<CryptoKey>, rules: Rules): Promise<Verified> {
  try {
    return await jwtVerify(token, find, rules);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) {
      throw error;
    }
    for await (const key of error) {
      try {
        return { ...(await jwtVerify(token, key, rules)), key };
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) {
          throw failure;
        }
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

function principalOf({ sub, role, exp = 0 }: JWTPayload, id: string): Principal {
  if (typeof sub !== 'string' || !isSubject(sub)) {
    throw new Unauthenticated({ key: 'tokenClaim', claim: 'sub', expected: SUBJECT_RULE });
  }
  const highest = highestOf(role);
  if (highest === undefined) {
    throw new Unauthenticated({ key: 'tokenClaim', claim: 'role', expected: ROLES.join(', ') });
  }
  // To the instant from which it is refused, lest what it opens ends before it does.
  return { id, subject: sub, role: highest, expiresAtMs: (exp + CLOCK_TOLERANCE_S) * 1000 };
}

/** The highest role that a claim names; other words in it may be roles elsewhere. */
function highestOf(claim: unknown): Role | undefined {
  const named: unknown[] = Array.isArray(claim) ? claim : [claim];
  return ROLES.findLast((role) => named.includes(role));
}
