import { createHash, createPublicKey, KeyObject } from 'node:crypto';
import { type CryptoKey, createRemoteJWKSet, customFetch, errors, type JWK, type JWTVerifyGetKey } from 'jose';
import type { Log } from '../log.ts';
import { AuthenticationUnavailable } from './errors.ts';
import { repeat } from './repeat.ts';

/** Where the keys are, and how they are kept up to date. */
export interface JwtKeysOptions {
  url: string;
  /** How often they are fetched. */
  pollMs: number;
  /** How long they count after they were last fetched. */
  maxAgeMs: number;
  log: Log;
}

/** How soon after a fetch a key that is not there makes for another one: a new key counts that quickly. */
const COOLDOWN_MS = 5_000;
const TIMEOUT_MS = 5_000;
/** At least so long between two requests, lest whoever sends wrong tokens sets them all on an issuer in trouble. */
const PAUSE_MS = 1_000;
const TOO_SOON = new Error('The keys were asked for a moment ago');

/**
 * The public keys with which tokens are signed at present. They are fetched all the time, not just
 * when a token comes: what a token has opened has to end soon after its key was taken out, even
 * where no other token comes. Disposing of it stops that.
 */
export class JwtKeys implements AsyncDisposable {
  readonly #log: Log;
  readonly #stop = new AbortController();
  readonly #set: ReturnType<typeof createRemoteJWKSet>;
  readonly #polling: AsyncDisposable;
  /** Those of the set as it was fetched last, however long ago. */
  #ids: Set<string> = new Set();
  #askedAtMs = -Infinity;

  private constructor({ url, pollMs, maxAgeMs, log }: JwtKeysOptions) {
    this.#log = log;
    this.#set = createRemoteJWKSet(new URL(url), {
      timeoutDuration: TIMEOUT_MS,
      cooldownDuration: COOLDOWN_MS,
      cacheMaxAge: maxAgeMs,
      [customFetch]: (resource, init) => this.#ask(resource, init, Math.min(pollMs, PAUSE_MS)),
    });
    this.#polling = repeat(pollMs, () => this.#fetch());
  }

  /** Resolves once they were fetched for the first time, or that has failed: then it is tried again and again. */
  static async open(options: JwtKeysOptions): Promise<JwtKeys> {
    const keys = new JwtKeys(options);
    await keys.#fetch();
    return keys;
  }

  /**
   * The key for a token by its header. Throws AuthenticationUnavailable where there are no keys, or
   * none that can be read; jose's own errors where there is none for that header, or more than one.
   */
  readonly find: JWTVerifyGetKey<CryptoKey> = async (header, token) => {
    try {
      return await this.#set(header, token);
    } catch (error) {
      const isFaultOfToken =
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys ||
        error instanceof errors.JOSENotSupported;
      throw isFaultOfToken ? error : new AuthenticationUnavailable(error);
    }
  };

  /** Names a key that a token was verified with. */
  idOf(key: CryptoKey): string {
    const id = hashKey(KeyObject.from(key));
    // It may be newer than the last look at the whole set.
    this.#ids.add(id);
    return id;
  }

  /** Whether a key was still there when they were last fetched. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#polling[Symbol.asyncDispose]();
  }

  async #ask(url: string, init: RequestInit & { signal: AbortSignal }, pauseMs: number): Promise<Response> {
    const nowMs = performance.now();
    if (nowMs - this.#askedAtMs < pauseMs) {
      throw TOO_SOON;
    }
    this.#askedAtMs = nowMs;
    return await fetch(url, { ...init, signal: AbortSignal.any([init.signal, this.#stop.signal]) });
  }

  async #fetch(): Promise<void> {
    try {
      await this.#set.reload();
    } catch (error) {
      if (error !== TOO_SOON && !this.#stop.signal.aborted) {
        this.#log.error({ err: error }, 'the keys of AUTH_JWKS_URL can not be fetched; trying again');
      }
    }
    this.#ids = new Set(this.#set.jwks()?.keys.flatMap(idsOf));
  }
}

/** None for a key of a kind that no token is taken with. */
function idsOf(jwk: JWK): string[] {
  try {
    return [hashKey(createPublicKey({ key: jwk, format: 'jwk' }))];
  } catch {
    return [];
  }
}

/** By what the key is, not by its kid, which an issuer may use again for another one. */
function hashKey(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
}
