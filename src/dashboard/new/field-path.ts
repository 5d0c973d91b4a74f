/** A field of the page that is no part of a text; named as the service names it. */
const BATCH_FIELDS = [
  'name',
  'projects',
  'geminiModel',
  'youtubeSettings.privacy',
  'youtubeSettings.publishType',
  'youtubeSettings.publishAt',
  'youtubeSettings.aiContentFlag',
  'failureLimit',
] as const;

type BatchField = (typeof BATCH_FIELDS)[number];

/** A field of a text, by the key of that text and not by its place, as texts come and go. */
export interface TextField {
  readonly key: number;
  readonly part: 'name' | 'content';
}

/** A field of the page. */
export type Field = BatchField | TextField;

/**
 * The field that a path of the service means, for example projects[3].content, where `keys` are the
 * keys of the texts in the order in which they were sent. A path into a list or an object that has
 * no field of its own means the nearest one above; undefined where the page has no such field.
 */
export function fieldAt(path: string, keys: readonly number[]): Field | undefined {
  const [, position, part] = /^projects\[(\d+)\](?:\.(name|content))?/.exec(path) ?? [];
  const key = position === undefined ? undefined : keys[Number(position)];
  if (key !== undefined) {
    return { key, part: part === 'name' ? 'name' : 'content' };
  }
  return BATCH_FIELDS.find((field) => path === field) ?? BATCH_FIELDS.find((field) => path.startsWith(field));
}

/** The id of a field's control in the page. Only one text is open at a time: its controls have the ids. */
export function idOf(field: Field): string {
  const name = typeof field === 'string' ? field.replace('.', '-') : `text-${field.part}`;
  return `new-batch-${name}`;
}

/** Whether two fields are the same. */
export function isSameField(one: Field | undefined, other: Field | undefined): boolean {
  if (typeof one !== 'object' || typeof other !== 'object') {
    return one === other;
  }
  return one.key === other.key && one.part === other.part;
}
