import type { Authenticator } from '../auth/authenticator.ts';
import { Unauthenticated } from '../auth/errors.ts';
import type { Principal } from '../auth/principal.ts';
import type { Log } from '../log.ts';

/** One connection or request that a token has opened. Disposing of it says that it is over. */
export interface Session extends Disposable {
  /** Aborts once the token is no longer taken, or stands for somebody else. */
  readonly signal: AbortSignal;
}

/** How sessions are looked after. */
export interface SessionsOptions {
  authenticator: Authenticator;
  /** How often each token is looked at again; 15,000 unless told otherwise. */
  checkMs?: number | undefined;
  log: Log;
}

interface Open {
  readonly authorization: string | undefined;
  readonly principalId: string;
  readonly over: AbortController;
}

/** A token that is taken back ends what it has opened within a minute: this leaves room for slow answers. */
const CHECK_MS = 15_000;
const NEVER = new AbortController().signal;

/** What tokens have opened and is still open: looked at again and again, as a token may be taken back. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #open = new Set<Open>();
  readonly #timer: NodeJS.Timeout;
  #isChecking = false;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#check(), options.checkMs ?? CHECK_MS).unref();
  }

  /** Begins to look after something that this Authorization header, which stands for this caller, has opened. */
  open(authorization: string | undefined, principal: Principal): Session {
    if (!this.#options.authenticator.isRequired) {
      return { signal: NEVER, [Symbol.dispose]() {} };
    }
    const over = new AbortController();
    const open = { authorization, principalId: principal.id, over };
    this.#open.add(open);
    const expiry = expiryOf(principal, over);
    return {
      signal: over.signal,
      [Symbol.dispose]: () => {
        clearTimeout(expiry);
        this.#open.delete(open);
      },
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #check(): Promise<void> {
    if (this.#isChecking) {
      return;
    }
    this.#isChecking = true;
    const byToken = Map.groupBy(this.#open, ({ authorization }) => authorization);
    await Promise.all(byToken.entries().map(([authorization, sessions]) => this.#checkToken(authorization, sessions)));
    this.#isChecking = false;
  }

  async #checkToken(authorization: string | undefined, sessions: readonly Open[]): Promise<void> {
    const principalId = await this.#principalIdOf(authorization);
    for (const session of sessions) {
      if (principalId !== undefined && principalId !== session.principalId) {
        session.over.abort();
      }
    }
  }

  /** Whom the token stands for now: nobody (''), or undefined where that can't be told for the moment. */
  async #principalIdOf(authorization: string | undefined): Promise<string | undefined> {
    try {
      return (await this.#options.authenticator.authenticate(authorization)).id;
    } catch (error) {
      if (error instanceof Unauthenticated) {
        return '';
      }
      this.#options.log.warn({ err: error }, 'tokens in use can not be looked at for the moment');
      return undefined;
    }
  }
}

/** setTimeout takes no more: 24 days. What lasts longer is found by the checks. */
const TIMER_MAX_MS = 2 ** 31 - 1;

function expiryOf({ expiresAtMs }: Principal, over: AbortController): NodeJS.Timeout | undefined {
  if (expiresAtMs === undefined) {
    return undefined;
  }
  const leftMs = Math.min(Math.max(expiresAtMs - Date.now(), 0), TIMER_MAX_MS);
  return setTimeout(() => {
    if (Date.now() >= expiresAtMs) {
      over.abort();
    }
  }, leftMs).unref();
}
