import { useSyncExternalStore } from 'react';
import { isPageOfAnother, keepSubject } from './page-subject.ts';
import {
  dropToken,
  findToken,
  type GivenToken,
  givenNow,
  isStillIn,
  type Keeping,
  keepToken,
  listenToTabs,
  signOutEverywhere,
} from './token-storage.ts';

/** Why the service is not used at the moment: it wants a token, or another one, or whoever was here has left. */
export type Outside = 'needed' | 'expired' | 'signedOut';

/** By which token this page talks to the service; for useSyncExternalStore. */
class SessionStore {
  #given = findToken();
  #outside: Outside | undefined;
  readonly #listeners = new Set<() => void>();

  /** Called when what this page knows may not be for whoever looks at it from now on. */
  forget = async (): Promise<void> => {};

  constructor() {
    listenToTabs(() => this.#lookAround());
  }

  /** Undefined while the service lets this page in, as far as is known. */
  readonly getOutside = (): Outside | undefined => this.#outside;

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** For an Authorization header, and what stands in for it over WebSocket. */
  get authorization(): string | undefined {
    return this.#given && authorizationOf(this.#given.token);
  }

  /** The service did not take this authorization. By now there may be another, or one of another tab. */
  refuse(authorization: string | undefined): void {
    if (authorization !== this.authorization || this.#outside !== undefined) {
      return;
    }
    const why = this.#given === undefined ? 'needed' : 'expired';
    this.#dropOwn();
    const other = findToken();
    if (other !== undefined) {
      void this.#enter(other);
    } else {
      this.#become(why);
    }
  }

  /** Goes on with a token that the service takes, and takes to be this subject's. */
  async signIn(token: string, subject: string, keeping: Keeping): Promise<void> {
    const given = givenNow(token);
    // Before the token: other tabs go on with that as soon as they find it.
    keepSubject(subject);
    keepToken(given, keeping);
    await this.#enter(given);
  }

  /** Forgets the token, here and in all other tabs. */
  signOut(): void {
    signOutEverywhere();
    this.#leave();
  }

  /** Another tab has signed in or out. */
  #lookAround(): void {
    if (this.#given !== undefined && !isStillIn(this.#given)) {
      this.#leave();
    }
    const found = findToken();
    if (this.#outside !== undefined && found !== undefined) {
      void this.#enter(found);
    }
  }

  async #enter(given: GivenToken): Promise<void> {
    this.#given = given;
    if (isPageOfAnother()) {
      // What this page has in its memory, a draft for one, is not for them.
      window.location.reload();
      return;
    }
    await this.forget();
    if (this.#given === given) {
      this.#become(undefined);
    }
  }

  #leave(): void {
    this.#dropOwn();
    this.#become('signedOut');
    void this.forget();
  }

  /** What other tabs have been given stays. */
  #dropOwn(): void {
    if (this.#given !== undefined) {
      dropToken(this.#given.token);
      this.#given = undefined;
    }
  }

  #become(outside: Outside | undefined): void {
    this.#outside = outside;
    for (const listener of this.#listeners) {
      listener();
    }
  }
}

export type { SessionStore };

/** The session of this page. */
export const session = new SessionStore();

/** What an Authorization header says of a token. */
export function authorizationOf(token: string): string {
  return `Bearer ${token}`;
}

/** Why the pages do not show; undefined while they do. */
export function useOutside(): Outside | undefined {
  return useSyncExternalStore(session.listen, session.getOutside);
}
