import type { ENGLISH } from './texts-en.ts';

const number = (value: number) => value.toLocaleString('zh-Hant');
const texts = (count: number) => `${number(count)} 篇文字`;

const mebibytes = (bytes: number) =>
  `${(bytes / 1024 ** 2).toLocaleString('zh-Hant', { maximumFractionDigits: 1 })} MiB`;

/** The page in Traditional Chinese, as it is said in Taiwan. */
export const CHINESE: typeof ENGLISH = {
  title: '新增批次',
  kept: '草稿已保存在此瀏覽器',
  keeping: '正在保存草稿…',
  notKept: '此瀏覽器無法保存草稿，關閉頁面後內容會遺失',
  discard: '捨棄草稿',
  other: (name, count, moment) =>
    `有一份未完成的草稿${name === '' ? '' : `「${name}」`}，包含 ${texts(count)}，最後修改於 ${moment}。`,
  takeUp: '繼續編輯',

  name: '批次名稱',
  nameHint: '之後可以用這個名稱找到它。',

  texts: '文字內容',
  textsHint: '每篇文字會製作成一部影片。將 .txt、.md 檔案或整個資料夾拖放到這裡，或直接貼上、輸入文字。',
  dropHere: '將 .txt、.md 檔案或資料夾拖放到這裡',
  dropHint: '也可以在這個頁面任何地方貼上文字。檔名會成為專案名稱。',
  dropNow: '放開即可加入文字',
  reading: '正在讀取檔案…',
  chooseFiles: '選擇檔案',
  write: '撰寫文字',
  removeAll: '全部移除',
  list: '批次中的文字',
  listKeys: '用方向鍵選擇文字，按 Enter 開啟，按 Delete 移除。',
  untitled: '未命名',
  added: (added, refused) =>
    refused === 0 ? `已加入 ${texts(added)}` : `已加入 ${texts(added)}，${number(refused)} 個檔案未被接受`,
  refused: '未被接受的檔案',
  moreRefused: (count) => `還有 ${number(count)} 個`,
  refusals: {
    ending: '不是 .txt 或 .md 檔案',
    size: '大於 1 MiB',
    encoding: '不是 UTF-8 文字',
    unreadable: '無法讀取',
    room: (max) => `一個批次最多 ${texts(max)}`,
  },
  dropFailed: '無法讀取檔案',
  close: '關閉',
  removed: {
    text: (name) => `已移除「${name}」`,
    texts: (count) => `已移除 ${texts(count)}`,
    draft: '已捨棄草稿',
  },
  undo: '復原',
  undone: '已復原',

  textName: '專案名稱',
  content: '文字',
  removeText: '移除這篇文字',
  position: (position, count) => `第 ${number(position)} 篇，共 ${number(count)} 篇`,
  count: (actual, min, max) => `${number(actual)} 字（需 ${number(min)} 至 ${number(max)} 字）`,
  tooShort: (missing) => `還差 ${number(missing)} 字`,
  tooLong: (over) => `超出 ${number(over)} 字`,
  rightLength: '長度符合',
  listed: '字',
  listedFaulty: '字，需要修正',

  settings: '設定',
  chosen: '目前的設定',
  model: '模型',
  modelHint: '用來撰寫腳本。',
  privacy: 'YouTube 觀看權限',
  privacies: { PRIVATE: '私人', UNLISTED: '不公開', PUBLIC: '公開' },
  privacyHints: { PRIVATE: '只有你', UNLISTED: '擁有連結的人', PUBLIC: '所有人' },
  publishing: '發布時間',
  publishTypes: { IMMEDIATE: '完成後立即發布', SCHEDULED: '排定時間發布' },
  publishAt: '日期與時間',
  publishZone: (zone) => `你的時區：${zone}`,
  publishInstant: (moment, zone) => `${moment}（${zone}）`,
  aiContent: '由 AI 製作',
  noAiContent: '未標示為 AI 製作',
  aiContentHint: '將影片標示為經過變造或合成的內容。',
  failureLimit: '容許失敗數',
  failureLimitHint: '失敗的專案超過這個數目後，不再開始新的專案。留空表示不限制。',
  noFailureLimit: '不限失敗數',
  failuresAllowed: (count) => `容許 ${number(count)} 個失敗`,
  fewer: '減少',
  more: '增加',

  total: (count, length) => `${texts(count)}，${number(length)} 字`,
  attention: (count) => `${texts(count)}需要修正`,
  nextProblem: '前往下一篇',
  create: '建立批次',
  creating: '建立中…',
  created: (name) => `已建立批次：${name}`,

  summary: (count) => `有 ${number(count)} 處需要修正`,
  colon: '：',
  moreProblems: (count) => `還有 ${number(count)} 處`,
  fields: {
    name: '批次名稱',
    projects: '文字內容',
    geminiModel: '模型',
    'youtubeSettings.privacy': 'YouTube 觀看權限',
    'youtubeSettings.publishType': '發布時間',
    'youtubeSettings.publishAt': '日期與時間',
    'youtubeSettings.aiContentFlag': '由 AI 製作',
    failureLimit: '容許失敗數',
  },
  ofText: (position, name) => `第 ${number(position)} 篇${name === '' ? '' : `「${name}」`}`,
  faults: {
    blank: () => '請輸入名稱。',
    longName: (v) => `最多 ${number(v.max)} 字，目前 ${number(v.actual)} 字。`,
    notText: () => '含有不是文字的字元。',
    noTexts: () => '請至少加入一篇文字。',
    manyTexts: (v) => `一個批次最多 ${texts(v.max)}，目前有 ${number(v.actual)} 篇。請分成多個批次。`,
    largeBatch: (v) =>
      `文字合計 ${mebibytes(v.actualBytes)}，而服務一次最多接受 ${mebibytes(v.maxBytes)}。請分成多個批次。`,
    shortContent: (v) => `${number(v.actual)} 字，還差 ${number(v.min - v.actual)} 字。`,
    longContent: (v) => `${number(v.actual)} 字，超出 ${number(v.actual - v.max)} 字。`,
    blankContent: () => '沒有任何看得見的文字。',
    unknownModel: (v) => `服務不再提供 ${v.actual}。`,
    noTime: () => '請選擇日期與時間。',
    pastTime: () => '請選擇未來的時間。',
  },

  unreachable: '無法連線到服務',
  unreachableText: '內容沒有遺失，草稿會保持原樣。請再試一次；即使服務已經收到，也只會建立一個批次。',
  tooLarge: '這個批次對單一請求來說太大',
  tooLargeText: (maxBytes) => `服務一次最多接受 ${mebibytes(maxBytes)}。請分成多個批次。`,
  failed: '沒有建立批次',

  conflict: '這個批次已經建立',
  conflictText: (name, count) =>
    `先前的一次嘗試已送達服務，並建立了包含 ${texts(count)}的「${name}」。草稿在那之後有修改。`,
  openBatch: '開啟該批次',
  createSecond: '建立第二個批次',
  back: '回到草稿',
};
