import { v4 as uuid } from 'uuid';
import { pageSubject } from '../session/page-subject.ts';
import type { DraftHead } from './draft-storage.ts';

/** Under which name a tab remembers which draft is its own: it outlives a reload, and no other tab sees it. */
const KEY = pageSubject === '' ? 'showrunner.draft' : `showrunner.draft.${pageSubject}`;

const LOCK = 'showrunner.draft.';

/** How long a reloaded page waits for the one before it to let go of the draft. */
const HAND_OVER_MS = 1_000;

/** Without locks: after how long without a change a draft counts as left alone. */
const LEFT_ALONE_MS = 10 * 60_000;

/** The draft of this tab: the one it had before a reload, or a new one. */
export async function claimOwn(): Promise<string> {
  const own = sessionStorage.getItem(KEY);
  // A tab that was duplicated remembers a draft that the other one has.
  if (own !== null && (await lock(own, HAND_OVER_MS))) {
    return own;
  }
  const id = uuid();
  await claim(id);
  return id;
}

/** Makes a draft the one of this tab; false where another tab has it. */
export async function claim(id: string): Promise<boolean> {
  if (!(await lock(id, 0))) {
    return false;
  }
  sessionStorage.setItem(KEY, id);
  return true;
}

/** The drafts that no tab has open. */
export async function leftAlone(drafts: readonly DraftHead[]): Promise<DraftHead[]> {
  // Browsers have locks only where the page comes over HTTPS or from this machine.
  if (navigator.locks === undefined) {
    const own = sessionStorage.getItem(KEY);
    return drafts.filter(({ id, changedAt }) => id !== own && Date.now() - changedAt > LEFT_ALONE_MS);
  }
  const { held = [] } = await navigator.locks.query();
  const names = new Set(held.map(({ name }) => name));
  return drafts.filter(({ id }) => !names.has(LOCK + id));
}

/** Takes a lock for as long as the page is there; false where it can't be had within that time. */
function lock(id: string, patienceMs: number): Promise<boolean> {
  if (navigator.locks === undefined) {
    return Promise.resolve(true);
  }
  const options = patienceMs === 0 ? { ifAvailable: true } : { signal: AbortSignal.timeout(patienceMs) };
  return new Promise((resolve) => {
    navigator.locks
      .request(LOCK + id, options, (held) => {
        resolve(held !== null);
        // Held until the page is gone.
        return held === null ? undefined : new Promise<never>(() => {});
      })
      .catch(() => resolve(false));
  });
}
