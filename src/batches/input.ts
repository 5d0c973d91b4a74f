import { validate as isUuid } from 'uuid';
import type { YoutubePrivacy, YoutubePublishType } from '../database/models.ts';
import type { Issue } from '../errors.ts';
import type { Message } from '../messages.ts';

/** How a video is to be published. */
export interface YoutubeSettings {
  privacy: YoutubePrivacy;
  publishType: YoutubePublishType;
  publishAt?: Date | null | undefined;
  aiContentFlag: boolean;
}

/** What createBatch is given. */
export interface BatchInput {
  /** To whom the batch will belong: the subject of whoever makes it, at most 255 characters. */
  owner: string;
  name: string;
  projects: readonly { name: string; content: string }[];
  configurationId?: string | null | undefined;
  promptTemplateId?: string | null | undefined;
  geminiModel: string;
  youtubeSettings?: YoutubeSettings | null | undefined;
  failureLimit?: number | null | undefined;
  idempotencyKey?: string | null | undefined;
}

/** What the operator allows. */
export interface BatchLimits {
  models: readonly string[];
  maxProjects: number;
}

/** Lengths in Unicode code points. */
export const NAME_MAX = 200;
export const CONTENT_MIN = 500;
export const CONTENT_MAX = 10_000;
export const IDEMPOTENCY_KEY_MAX = 200;

/** The length of a text in Unicode code points: an emoji of one code point counts as one. */
export function lengthOf(text: string): number {
  return text.length - (text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0);
}

/** White space, zero-width characters and controls: nothing of it can be seen. */
const BLANK = /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]*$/u;

/** Every rule that the input breaks, in input order; `now` decides what is in the future. */
export function checkInput(input: BatchInput, limits: BatchLimits, now: Date): Issue[] {
  const issues: Issue[] = [];
  const add = (field: string, said: Message) => issues.push({ field, said });

  checkName(input.name, 'name', add, {
    blank: { key: 'batchNameBlank' },
    length: (actual) => ({ key: 'batchNameLength', max: NAME_MAX, actual }),
  });
  checkProjects(input.projects, limits.maxProjects, add);
  for (const field of ['configurationId', 'promptTemplateId'] as const) {
    const id = input[field];
    if (id != null && !isUuid(id)) {
      add(field, { key: 'notUuid', actual: id });
    }
  }
  if (!limits.models.includes(input.geminiModel)) {
    add('geminiModel', { key: 'unknownModel', actual: input.geminiModel, allowed: limits.models });
  }
  checkPublishing(input.youtubeSettings, now, add);
  if (input.failureLimit != null && input.failureLimit < 0) {
    add('failureLimit', { key: 'failureLimitNegative', actual: input.failureLimit });
  }
  checkIdempotencyKey(input.idempotencyKey, add);
  return issues;
}

type Add = (field: string, said: Message) => void;

function checkName(
  name: string,
  field: string,
  add: Add,
  says: { blank: Message; length: (actual: number) => Message },
): void {
  const length = lengthOf(name);
  if (!isStorable(name)) {
    add(field, { key: 'notText' });
  } else if (BLANK.test(name)) {
    add(field, says.blank);
  } else if (length > NAME_MAX) {
    add(field, says.length(length));
  }
}

function checkProjects(projects: BatchInput['projects'], max: number, add: Add): void {
  if (projects.length === 0) {
    add('projects', { key: 'noProjects' });
  }
  if (projects.length > max) {
    // The rest would be looked at for nothing: it is too much in any case.
    add('projects', { key: 'tooManyProjects', max, actual: projects.length });
    return;
  }
  for (const [position, { name, content }] of projects.entries()) {
    checkName(name, `projects[${position}].name`, add, {
      blank: { key: 'projectNameBlank', position },
      length: (actual) => ({ key: 'projectNameLength', position, max: NAME_MAX, actual }),
    });
    const length = lengthOf(content);
    if (!isStorable(content)) {
      add(`projects[${position}].content`, { key: 'notText' });
    } else if (length < CONTENT_MIN || length > CONTENT_MAX) {
      const range = { min: CONTENT_MIN, max: CONTENT_MAX, actual: length };
      add(`projects[${position}].content`, { key: 'contentLength', name, ...range });
    } else if (BLANK.test(content)) {
      add(`projects[${position}].content`, { key: 'contentBlank', name });
    }
  }
}

function checkPublishing(settings: BatchInput['youtubeSettings'], now: Date, add: Add): void {
  if (settings?.publishType !== 'SCHEDULED') {
    return;
  }
  const field = 'youtubeSettings.publishAt';
  if (settings.publishAt == null) {
    add(field, { key: 'publishAtMissing' });
  } else if (settings.publishAt <= now) {
    add(field, { key: 'publishAtPast', actual: settings.publishAt.toISOString() });
  }
}

function checkIdempotencyKey(key: BatchInput['idempotencyKey'], add: Add): void {
  if (key == null) {
    return;
  }
  const actual = lengthOf(key);
  if (!isStorable(key)) {
    add('idempotencyKey', { key: 'notText' });
  } else if (actual === 0 || actual > IDEMPOTENCY_KEY_MAX) {
    add('idempotencyKey', { key: 'idempotencyKeyLength', max: IDEMPOTENCY_KEY_MAX, actual });
  }
}

/** PostgreSQL stores no NUL, and UTF-8 has no lone surrogates. */
function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
