import { createStore, promisifyRequest } from 'idb-keyval';
import { pageSubject } from '../session/page-subject.ts';
import type { Draft, DraftText } from './draft.ts';

/** What is kept of a draft besides its texts. */
export interface DraftHead extends Omit<Draft, 'texts'> {
  readonly id: string;
  /** Whose it is: the subject of a token. Those from before there were any have none. */
  readonly owner?: string | undefined;
  /** Keys of the texts, in their order. */
  readonly order: readonly number[];
  /** When it was last changed; milliseconds. */
  readonly changedAt: number;
}

// A head stands under ['head', draft], and each text in an entry of its own under ['text', draft, key]:
// after a letter was typed, one text is written and not all 10,000.
const transact = createStore('showrunner-drafts', 'drafts');

/** Every draft of the page's subject that this browser keeps, the newest first. */
export async function listDrafts(): Promise<DraftHead[]> {
  const heads: DraftHead[] = await transact('readonly', (store) =>
    promisifyRequest(store.getAll(IDBKeyRange.bound(['head'], ['head', []]))),
  );
  return heads.filter(isOwn).sort((one, other) => other.changedAt - one.changedAt);
}

/** A draft as it was kept; undefined where there is none, or it is another's. */
export async function loadDraft(id: string): Promise<Draft | undefined> {
  const [head, texts]: [DraftHead | undefined, DraftText[]] = await transact('readonly', (store) =>
    Promise.all([promisifyRequest(store.get(['head', id])), promisifyRequest(store.getAll(textsOf(id)))]),
  );
  if (head === undefined || !isOwn(head)) {
    return undefined;
  }
  const { id: _id, owner: _owner, order, changedAt: _changedAt, ...rest } = head;
  const byKey = new Map(texts.map((text) => [text.key, text]));
  return { ...rest, texts: order.flatMap((key) => byKey.get(key) ?? []) };
}

/** Keeps a draft, whole or not at all; `kept` is what is kept of it already. */
export async function keepDraft(id: string, draft: Draft, kept: Draft | undefined): Promise<void> {
  const { texts, ...rest } = draft;
  const before = new Map(kept?.texts.map((text) => [text.key, text]));
  const head: DraftHead = {
    ...rest,
    id,
    owner: pageSubject,
    order: texts.map(({ key }) => key),
    changedAt: Date.now(),
  };
  await transact('readwrite', (store) => {
    if (kept === undefined) {
      store.delete(textsOf(id));
    }
    for (const text of texts) {
      if (before.get(text.key) !== text) {
        store.put(text, ['text', id, text.key]);
      }
      before.delete(text.key);
    }
    for (const key of before.keys()) {
      store.delete(['text', id, key]);
    }
    store.put(head, ['head', id]);
    return committed(store);
  });
}

/** Forgets a draft. */
export async function dropDraft(id: string): Promise<void> {
  await transact('readwrite', (store) => {
    store.delete(textsOf(id));
    store.delete(['head', id]);
    return committed(store);
  });
}

function isOwn({ owner = '' }: DraftHead): boolean {
  return owner === pageSubject;
}

/** At once, as the page may be about to go: what is not committed by then is lost. */
function committed({ transaction }: IDBObjectStore): Promise<unknown> {
  const done = promisifyRequest(transaction);
  transaction.commit();
  return done;
}

function textsOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound(['text', id], ['text', id, []]);
}
