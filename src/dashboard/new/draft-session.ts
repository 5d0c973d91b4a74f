import { useEffect, useSyncExternalStore } from 'react';
import { v4 as uuid } from 'uuid';
import { throttle } from '../api/throttle.ts';
import { type Draft, type Edit, type Editing, emptyDraft, isBlank, reduce } from './draft.ts';
import { type DraftHead, dropDraft, keepDraft, listDrafts, loadDraft } from './draft-storage.ts';
import { claim, claimOwn, leftAlone } from './draft-tab.ts';
import type { Outcome } from './send-batch.ts';

/** What the page shows of a draft. */
export interface DraftState extends Editing {
  readonly isLoaded: boolean;
  /** Whether the browser has all of it, is about to, or can't keep it. */
  readonly kept: 'kept' | 'keeping' | 'failed';
  /** It is on its way to the service. */
  readonly isSending: boolean;
  /** The draft as it was sent the last time. */
  readonly sent: Draft | undefined;
  /** What came of that, unless it was created. */
  readonly outcome: Outcome | undefined;
  /** The newest draft that no tab has open. */
  readonly other: DraftHead | undefined;
}

/** How often a draft is kept at most while somebody types. */
const KEEP_MS = 300;

/**
 * The draft of this tab, for as long as the page is there: it outlives leaving for another view, and
 * in the browser's database a reload. Another tab has another draft.
 */
class DraftSession {
  #isOpen = false;
  #id = '';
  #kept: Draft | undefined;
  #state: DraftState = {
    draft: emptyDraft(uuid()),
    removal: undefined,
    isLoaded: false,
    kept: 'kept',
    isSending: false,
    sent: undefined,
    outcome: undefined,
    other: undefined,
  };
  readonly #listeners = new Set<() => void>();
  readonly #keepSoon = throttle(KEEP_MS, () => void this.#keep());

  readonly get = (): DraftState => this.#state;

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Takes up what this tab had before; once, however often it is called. */
  async open(): Promise<void> {
    if (this.#isOpen) {
      return;
    }
    this.#isOpen = true;
    try {
      this.#id = await claimOwn();
      await this.#show(this.#id);
    } catch {
      // A browser that keeps nothing, or can't at the moment: what it may have under the other name stays.
      this.#id = uuid();
      this.#become({ isLoaded: true, kept: 'failed' });
    }
    await this.#lookForOther();
    window.addEventListener('pagehide', this.#keepNow);
    document.addEventListener('visibilitychange', this.#keepNow);
    window.addEventListener('beforeunload', (event) => {
      if (this.#state.kept === 'failed' && !isBlank(this.#state.draft)) {
        event.preventDefault();
      }
    });
  }

  readonly edit = (edit: Edit): void => {
    const { draft, removal } = this.#state;
    const after = reduce({ draft, removal }, edit);
    if (after.draft === draft) {
      this.#become(after);
      return;
    }
    this.#become({ ...after, kept: 'keeping' });
    this.#keepSoon();
    if (edit.type === 'discard') {
      void this.#lookForOther();
    }
  };

  /** Goes on with a draft that another tab has left. */
  readonly takeUp = async ({ id }: DraftHead): Promise<void> => {
    if (await claim(id)) {
      this.#keepNow();
      this.#id = id;
      await this.#show(id);
    }
    await this.#lookForOther();
  };

  /** It is being sent; false where it already is. */
  startSending(): boolean {
    if (this.#state.isSending) {
      return false;
    }
    this.#keepNow();
    this.#become({ isSending: true, sent: this.#state.draft, outcome: undefined });
    return true;
  }

  /** There is an answer, or there will be none. A batch that was created leaves an empty draft. */
  stopSending(outcome: Outcome): void {
    const { sent } = this.#state;
    if (outcome.kind !== 'created' || sent === undefined) {
      this.#become({ isSending: false, outcome });
      return;
    }
    this.#become({ isSending: false, sent: undefined });
    this.edit({ type: 'created', sent, idempotencyKey: uuid() });
    this.#keepNow();
    void this.#lookForOther();
  }

  /** The answer has been seen, and is no longer of interest. */
  readonly forgetOutcome = (): void => this.#become({ outcome: undefined });

  async #show(id: string): Promise<void> {
    this.#kept = await loadDraft(id);
    this.#become({ draft: this.#kept ?? emptyDraft(uuid()), removal: undefined, outcome: undefined, isLoaded: true });
  }

  async #lookForOther(): Promise<void> {
    try {
      const [other] = await leftAlone((await listDrafts()).filter(({ id }) => id !== this.#id));
      this.#become({ other });
    } catch {
      this.#become({ other: undefined });
    }
  }

  readonly #keepNow = (): void => {
    this.#keepSoon.cancel();
    void this.#keep();
  };

  async #keep(): Promise<void> {
    const { draft } = this.#state;
    const kept = this.#kept;
    if (draft === kept || !this.#state.isLoaded) {
      return;
    }
    // At once, as transactions run in order: the next one builds upon this one.
    this.#kept = draft;
    try {
      await (isBlank(draft) ? dropDraft(this.#id) : keepDraft(this.#id, draft, kept));
      if (this.#state.draft === draft) {
        this.#become({ kept: 'kept' });
      }
    } catch {
      // Nothing is known of what is kept: the next time, everything is written.
      this.#kept = undefined;
      this.#become({ kept: 'failed' });
    }
  }

  #become(changes: Partial<DraftState>): void {
    this.#state = { ...this.#state, ...changes };
    for (const listener of this.#listeners) {
      listener();
    }
  }
}

const session = new DraftSession();

/** The draft of this tab; taken up when it is first asked for. */
export function useDraftSession(): [DraftState, DraftSession] {
  useEffect(() => void session.open(), []);
  return [useSyncExternalStore(session.listen, session.get), session];
}
