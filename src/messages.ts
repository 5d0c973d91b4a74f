/** The languages that messages come in: BCP 47 tags. English where nothing else fits. */
export const LOCALES = ['en', 'zh-Hant'] as const;

export type Locale = (typeof LOCALES)[number];

/** What can be said to a caller, and the values each sentence needs. */
export type Message =
  | { key: 'batchNotFound' }
  | { key: 'projectNotFound' }
  | { key: 'noProjects' }
  | { key: 'tooManyProjects'; max: number; actual: number }
  | { key: 'batchNameBlank' }
  | { key: 'batchNameLength'; max: number; actual: number }
  | { key: 'projectNameBlank'; position: number }
  | { key: 'projectNameLength'; position: number; max: number; actual: number }
  | { key: 'contentLength'; name: string; min: number; max: number; actual: number }
  | { key: 'contentBlank'; name: string }
  | { key: 'notText' }
  | { key: 'notUuid'; actual: string }
  | { key: 'unknownModel'; actual: string; allowed: readonly string[] }
  | { key: 'publishAtMissing' }
  | { key: 'publishAtPast'; actual: string }
  | { key: 'failureLimitNegative'; actual: number }
  | { key: 'idempotencyKeyLength'; max: number; actual: number }
  | { key: 'idempotencyConflict' }
  | { key: 'cannotPause'; status: string }
  | { key: 'cannotResume'; status: string }
  | { key: 'cannotCancel'; status: string }
  | { key: 'cannotRetryProject'; name: string; status: string }
  | { key: 'pageSize'; argument: string; max: number; actual: number }
  | { key: 'pageDirection' }
  | { key: 'offsetNegative'; actual: number }
  | { key: 'offsetBackwards' }
  | { key: 'bucketCount'; min: number; max: number; actual: number }
  | { key: 'badCursor'; argument: string }
  | { key: 'roleNeeded'; needed: string; role: string }
  | { key: 'tokenNeeded' }
  | { key: 'tokenRefused' }
  | { key: 'tokenClaim'; claim: string; expected: string }
  | { key: 'authenticationUnavailable' };

type Texts = { [K in Message['key']]: (values: Extract<Message, { key: K }>) => string };

const ENGLISH: Texts = {
  batchNotFound: () => 'The batch does not exist',
  projectNotFound: () => 'The project does not exist',
  noProjects: () => 'A batch must contain at least one project',
  tooManyProjects: (v) => `A batch may contain at most ${v.max} projects (current: ${v.actual})`,
  batchNameBlank: () => 'The name of the batch must not be blank',
  batchNameLength: (v) => `The name of the batch must be 1-${v.max} characters long (current: ${v.actual})`,
  projectNameBlank: (v) => `The name of project ${v.position + 1} must not be blank`,
  projectNameLength: (v) =>
    `The name of project ${v.position + 1} must be 1-${v.max} characters long (current: ${v.actual})`,
  contentLength: (v) =>
    `The content of project '${v.name}' must be ${v.min}-${v.max} characters long (current: ${v.actual})`,
  contentBlank: (v) => `The content of project '${v.name}' must not be blank`,
  notText: () => 'Must be well-formed Unicode without NUL characters',
  notUuid: (v) => `Must be a UUID (current: '${v.actual}')`,
  unknownModel: (v) => `The model must be one of ${v.allowed.join(', ')} (current: '${v.actual}')`,
  publishAtMissing: () => 'publishAt is required where publishType is SCHEDULED',
  publishAtPast: (v) => `publishAt must be in the future (current: ${v.actual})`,
  failureLimitNegative: (v) => `failureLimit must be 0 or more (current: ${v.actual})`,
  idempotencyKeyLength: (v) => `idempotencyKey must be 1-${v.max} characters long (current: ${v.actual})`,
  idempotencyConflict: () => 'The idempotency key was already used with a different input',
  cannotPause: (v) => `A batch that is ${v.status} cannot be paused`,
  cannotResume: (v) => `A batch that is ${v.status} cannot be resumed`,
  cannotCancel: (v) => `A batch that is ${v.status} cannot be cancelled`,
  cannotRetryProject: (v) => `Project '${v.name}' is ${v.status}; only FAILED and CANCELLED projects can be retried`,
  pageSize: (v) => `${v.argument} must be between 0 and ${v.max} (current: ${v.actual})`,
  pageDirection: () => 'Give either first with after, or last with before, not both',
  offsetNegative: (v) => `offset must be 0 or more (current: ${v.actual})`,
  offsetBackwards: () => 'offset goes with first and after only, not with last or before',
  bucketCount: (v) => `buckets must be between ${v.min} and ${v.max} (current: ${v.actual})`,
  badCursor: (v) => `${v.argument} is not a cursor of this list`,
  roleNeeded: (v) => `This takes the role ${v.needed} (current: ${v.role})`,
  tokenNeeded: () => 'A token is needed: Authorization: Bearer <token>',
  tokenRefused: () => 'The token is not valid, or no longer',
  tokenClaim: (v) => `The claim '${v.claim}' of the token is missing or wrong: expected ${v.expected}`,
  authenticationUnavailable: () => 'Tokens can not be checked for the moment. Try again.',
};

const TRADITIONAL_CHINESE: Texts = {
  batchNotFound: () => '批次任務不存在',
  projectNotFound: () => '專案不存在',
  noProjects: () => '批次任務必須至少包含一個專案',
  tooManyProjects: (v) => `批次任務最多只能包含 ${v.max} 個專案（當前：${v.actual} 個）`,
  batchNameBlank: () => '批次任務的名稱不可為空白',
  batchNameLength: (v) => `批次任務的名稱必須在 1-${v.max} 字之間（當前：${v.actual} 字）`,
  projectNameBlank: (v) => `第 ${v.position + 1} 個專案的名稱不可為空白`,
  projectNameLength: (v) => `第 ${v.position + 1} 個專案的名稱必須在 1-${v.max} 字之間（當前：${v.actual} 字）`,
  contentLength: (v) => `專案 '${v.name}' 的文字內容必須在 ${v.min}-${v.max} 字之間（當前：${v.actual} 字）`,
  contentBlank: (v) => `專案 '${v.name}' 的文字內容不可為空白`,
  notText: () => '必須是格式正確且不含 NUL 字元的 Unicode 文字',
  notUuid: (v) => `必須是 UUID（當前：'${v.actual}'）`,
  unknownModel: (v) => `模型必須是 ${v.allowed.join('、')} 其中之一（當前：'${v.actual}'）`,
  publishAtMissing: () => '發布方式為 SCHEDULED 時必須提供 publishAt',
  publishAtPast: (v) => `publishAt 必須是未來的時間（當前：${v.actual}）`,
  failureLimitNegative: (v) => `failureLimit 不可小於 0（當前：${v.actual}）`,
  idempotencyKeyLength: (v) => `idempotencyKey 必須在 1-${v.max} 字之間（當前：${v.actual} 字）`,
  idempotencyConflict: () => '此冪等鍵已用於不同的輸入內容',
  cannotPause: (v) => `狀態為 ${v.status} 的批次任務無法暫停`,
  cannotResume: (v) => `狀態為 ${v.status} 的批次任務無法繼續`,
  cannotCancel: (v) => `狀態為 ${v.status} 的批次任務無法取消`,
  cannotRetryProject: (v) => `專案 '${v.name}' 的狀態為 ${v.status}，只有 FAILED 或 CANCELLED 的專案可以重試`,
  pageSize: (v) => `${v.argument} 必須在 0-${v.max} 之間（當前：${v.actual}）`,
  pageDirection: () => '請使用 first 搭配 after，或 last 搭配 before，不可同時使用',
  offsetNegative: (v) => `offset 不可小於 0（當前：${v.actual}）`,
  offsetBackwards: () => 'offset 只能搭配 first 與 after，不可搭配 last 或 before',
  bucketCount: (v) => `buckets 必須在 ${v.min}-${v.max} 之間（當前：${v.actual}）`,
  badCursor: (v) => `${v.argument} 不是此清單的游標`,
  roleNeeded: (v) => `此操作需要 ${v.needed} 角色（當前：${v.role}）`,
  tokenNeeded: () => '需要權杖：Authorization: Bearer <token>',
  tokenRefused: () => '權杖無效或已失效',
  tokenClaim: (v) => `權杖缺少 '${v.claim}' 聲明或其值有誤，應為 ${v.expected}`,
  authenticationUnavailable: () => '目前無法驗證權杖，請再試一次。',
};

const CATALOGUE: Record<Locale, Texts> = { en: ENGLISH, 'zh-Hant': TRADITIONAL_CHINESE };

/** The text of a message in a language. */
export function say<K extends Message['key']>(message: Extract<Message, { key: K }>, locale: Locale): string {
  const texts: { [P in K]: (values: Extract<Message, { key: P }>) => string } = CATALOGUE[locale];
  return texts[message.key as K](message);
}
