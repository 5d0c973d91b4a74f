/** A token, and when it was given: a later signing out is for it, too. */
export interface GivenToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}

/** How long a token is kept: until its tab is closed, or for as long as nobody signs out in this browser. */
export type Keeping = 'tab' | 'browser';

const TOKEN_KEY = 'showrunner.token';
/** When somebody signed out last in this browser: tabs that sleep find out when they wake. */
const SIGNED_OUT_KEY = 'showrunner.signedOut';

const storages: Readonly<Record<Keeping, () => Storage>> = {
  tab: () => sessionStorage,
  browser: () => localStorage,
};

/** A token that was given now. The clock may have been set back since somebody signed out. */
export function givenNow(token: string): GivenToken {
  return { token, sinceMs: Math.max(Date.now(), signedOutMs() + 1) };
}

/** The token that is kept; that of this tab goes before that of the browser. */
export function findToken(): GivenToken | undefined {
  return [storages.tab, storages.browser].map(read).find((kept) => kept !== undefined && isStillIn(kept));
}

/** Whether nobody has signed out in this browser since. */
export function isStillIn({ sinceMs }: GivenToken): boolean {
  return sinceMs > signedOutMs();
}

/** Keeps a token, and no other. A browser that keeps nothing leaves it to the page. */
export function keepToken(given: GivenToken, keeping: Keeping): void {
  dropToken();
  attempt(() => storages[keeping]().setItem(TOKEN_KEY, JSON.stringify(given)));
}

/** Forgets what this tab and this browser have kept, or only this token; other tabs go on with what they have. */
export function dropToken(token?: string): void {
  for (const storage of Object.values(storages)) {
    if (token === undefined || read(storage)?.token === token) {
      attempt(() => storage().removeItem(TOKEN_KEY));
    }
  }
}

/** Forgets every token in every tab. */
export function signOutEverywhere(): void {
  dropToken();
  attempt(() => localStorage.setItem(SIGNED_OUT_KEY, String(Math.max(Date.now(), signedOutMs() + 1))));
}

/** Calls when another tab has signed in or out, or may have while this one slept. */
export function listenToTabs(onChange: () => void): void {
  window.addEventListener('storage', ({ key }) => {
    if (key === TOKEN_KEY || key === SIGNED_OUT_KEY || key === null) {
      onChange();
    }
  });
  window.addEventListener('pageshow', ({ persisted }) => persisted && onChange());
}

function signedOutMs(): number {
  return Number(attempt(() => localStorage.getItem(SIGNED_OUT_KEY)) ?? 0);
}

function read(storage: () => Storage): GivenToken | undefined {
  const kept: unknown = attempt(() => JSON.parse(storage().getItem(TOKEN_KEY) ?? 'null'));
  if (typeof kept !== 'object' || kept === null) {
    return undefined;
  }
  const { token, sinceMs }: { token?: unknown; sinceMs?: unknown } = kept;
  return typeof token === 'string' && typeof sinceMs === 'number' ? { token, sinceMs } : undefined;
}

/** What a storage gives; undefined where the browser keeps nothing, or something else has written there. */
function attempt<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
