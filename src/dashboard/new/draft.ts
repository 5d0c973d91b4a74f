import type { YoutubePrivacy, YoutubePublishType } from '../../generated/dashboard-gql/graphql.ts';

/** One text of a draft: a project to be. */
export interface DraftText {
  /** Names it for as long as the draft lives, wherever it stands. */
  readonly key: number;
  readonly name: string;
  readonly content: string;
  /** Whether the name follows the first line of the text, as nobody has given it one. */
  readonly isAutoNamed: boolean;
}

/** What a batch does with its texts. */
export interface DraftSettings {
  /** Null: the first one that the service offers. */
  readonly geminiModel: string | null;
  readonly privacy: YoutubePrivacy;
  readonly publishType: YoutubePublishType;
  /** Date and time where the reader is, as datetime-local has it: 2026-11-22T10:00. Empty: not chosen. */
  readonly publishAt: string;
  readonly aiContentFlag: boolean;
  /** Null: never. */
  readonly failureLimit: number | null;
}

/** A batch that somebody is about to create. */
export interface Draft {
  readonly name: string;
  readonly texts: readonly DraftText[];
  readonly settings: DraftSettings;
  /** Sent with every attempt to create it, so that all of them make one batch. */
  readonly idempotencyKey: string;
  /** The key of the next text. */
  readonly nextKey: number;
  /** Key of the text that is open. */
  readonly selected: number | null;
}

/** A text that has just come in. */
export type NewText = Pick<DraftText, 'name' | 'content'>;

/** What was taken out of a draft, and the draft with it. */
export interface Removal {
  readonly what: 'text' | 'texts' | 'draft';
  /** The name of the text, if it was one. */
  readonly name: string;
  readonly before: Draft;
}

/** A draft and the step back that it allows. */
export interface Editing {
  readonly draft: Draft;
  readonly removal: Removal | undefined;
}

/** Something that is done to a draft. */
export type Edit =
  | { type: 'rename'; name: string }
  | { type: 'set'; settings: Partial<DraftSettings> }
  | { type: 'add'; texts: readonly NewText[] }
  | { type: 'write' }
  | { type: 'renameText'; key: number; name: string }
  | { type: 'rewriteText'; key: number; content: string }
  | { type: 'removeText'; key: number }
  | { type: 'removeTexts' }
  | { type: 'discard'; idempotencyKey: string }
  | { type: 'undo' }
  | { type: 'created'; sent: Draft; idempotencyKey: string }
  | { type: 'select'; key: number }
  | { type: 'renewKey'; idempotencyKey: string };

const DEFAULT_SETTINGS: DraftSettings = {
  geminiModel: null,
  privacy: 'PRIVATE',
  publishType: 'IMMEDIATE',
  publishAt: '',
  aiContentFlag: true,
  failureLimit: null,
};

/** How much of its first line names a text, in code points. */
const AUTO_NAME_LENGTH = 60;

/** A draft with nothing in it. */
export function emptyDraft(idempotencyKey: string): Draft {
  return { name: '', texts: [], settings: DEFAULT_SETTINGS, idempotencyKey, nextKey: 0, selected: null };
}

/** Whether there is nothing in a draft that somebody would miss. */
export function isBlank({ name, texts, settings }: Draft): boolean {
  return name === '' && texts.length === 0 && JSON.stringify(settings) === JSON.stringify(DEFAULT_SETTINGS);
}

/** The editing after an edit. What was removed can be put back until something else is changed. */
export function reduce({ draft, removal }: Editing, edit: Edit): Editing {
  switch (edit.type) {
    case 'removeText': {
      const text = draft.texts.find(({ key }) => key === edit.key);
      return text === undefined
        ? { draft, removal }
        : { draft: withoutText(draft, text), removal: { what: 'text', name: text.name, before: draft } };
    }
    case 'removeTexts':
      return { draft: { ...draft, texts: [], selected: null }, removal: { what: 'texts', name: '', before: draft } };
    case 'discard':
      return { draft: emptyDraft(edit.idempotencyKey), removal: { what: 'draft', name: '', before: draft } };
    case 'created':
      return { draft: withoutSent(draft, edit.sent, edit.idempotencyKey), removal: undefined };
    case 'undo':
      return { draft: removal?.before ?? draft, removal: undefined };
    case 'select':
      return { draft: { ...draft, selected: edit.key }, removal };
    default:
      return { draft: change(draft, edit), removal: undefined };
  }
}

type Change = Extract<Edit, { type: 'rename' | 'set' | 'add' | 'write' | 'renameText' | 'rewriteText' | 'renewKey' }>;

function change(draft: Draft, edit: Change): Draft {
  switch (edit.type) {
    case 'rename':
      return { ...draft, name: edit.name };
    case 'set':
      return { ...draft, settings: { ...draft.settings, ...edit.settings } };
    case 'add':
      return withTexts(
        draft,
        edit.texts.map((text) => ({ ...text, isAutoNamed: false })),
      );
    case 'write':
      return withTexts(draft, [{ name: '', content: '', isAutoNamed: true }]);
    case 'renameText':
      return withText(draft, edit.key, (text) => ({ ...text, name: edit.name, isAutoNamed: false }));
    case 'rewriteText':
      return withText(draft, edit.key, (text) => ({
        ...text,
        content: edit.content,
        name: text.isAutoNamed ? nameFrom(edit.content) : text.name,
      }));
    case 'renewKey':
      return { ...draft, idempotencyKey: edit.idempotencyKey };
  }
}

/** The name that a text gives itself: its first line with words in it, without the marks of Markdown. */
export function nameFrom(content: string): string {
  const line = /[^\s#>*_-].*/u.exec(content)?.[0] ?? '';
  return [...line.trim()].slice(0, AUTO_NAME_LENGTH).join('').trim();
}

/** Puts texts at the end; the first of them is opened. */
function withTexts(draft: Draft, texts: readonly Omit<DraftText, 'key'>[]): Draft {
  if (texts.length === 0) {
    return draft;
  }
  const added = texts.map((text, index) => ({ ...text, key: draft.nextKey + index }));
  return {
    ...draft,
    texts: [...draft.texts, ...added],
    nextKey: draft.nextKey + added.length,
    selected: draft.nextKey,
  };
}

function withText(draft: Draft, key: number, rewrite: (text: DraftText) => DraftText): Draft {
  const index = draft.texts.findIndex((text) => text.key === key);
  const text = draft.texts[index];
  return text === undefined ? draft : { ...draft, texts: draft.texts.with(index, rewrite(text)) };
}

/** Takes a text out; its neighbour is opened if it was open. */
function withoutText(draft: Draft, text: DraftText): Draft {
  const index = draft.texts.indexOf(text);
  const texts = draft.texts.toSpliced(index, 1);
  const neighbour = texts[Math.min(index, texts.length - 1)];
  return { ...draft, texts, selected: draft.selected === text.key ? (neighbour?.key ?? null) : draft.selected };
}

/** What has come in since the draft was sent: mostly nothing, but files may have been on their way. */
function withoutSent({ texts, nextKey }: Draft, sent: Draft, idempotencyKey: string): Draft {
  const keys = new Set(sent.texts.map(({ key }) => key));
  const rest = texts.filter(({ key }) => !keys.has(key));
  return { ...emptyDraft(idempotencyKey), texts: rest, nextKey, selected: rest[0]?.key ?? null };
}
