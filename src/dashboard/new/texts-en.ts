import { counted } from '../text/counted.ts';
import type { FaultTexts } from './fault-texts.ts';

const number = (value: number) => value.toLocaleString('en');
const texts = (count: number) => counted(count, 'text', 'texts');
const characters = (count: number) => counted(count, 'character', 'characters');

/** A size in bytes, in MiB. */
const mebibytes = (bytes: number) => `${(bytes / 1024 ** 2).toLocaleString('en', { maximumFractionDigits: 1 })} MiB`;

const faults: FaultTexts = {
  blank: () => 'Give it a name.',
  longName: (v) => `At most ${characters(v.max)}; it has ${number(v.actual)}.`,
  notText: () => 'It has characters in it that are no text.',
  noTexts: () => 'Add at least one text.',
  manyTexts: (v) => `A batch takes at most ${texts(v.max)}; there are ${number(v.actual)}. Make several batches.`,
  largeBatch: (v) =>
    `The texts are ${mebibytes(v.actualBytes)} together, and the service takes ${mebibytes(v.maxBytes)} at once. Make several batches.`,
  shortContent: (v) => `${characters(v.actual)}: ${number(v.min - v.actual)} more needed.`,
  longContent: (v) => `${characters(v.actual)}: ${number(v.actual - v.max)} too many.`,
  blankContent: () => 'It has nothing in it that can be seen.',
  unknownModel: (v) => `The service no longer offers ${v.actual}.`,
  noTime: () => 'Choose a date and a time.',
  pastTime: () => 'Choose a time that is still to come.',
};

/** The page in English. */
export const ENGLISH = {
  title: 'New batch',
  kept: 'Draft kept in this browser',
  keeping: 'Keeping the draft…',
  notKept: 'This browser cannot keep the draft: it is lost when the page is closed',
  discard: 'Discard draft',
  other: (name: string, count: number, moment: string) =>
    `There is an unfinished draft${name === '' ? '' : `, “${name}”`}, with ${texts(count)}, last changed ${moment}.`,
  takeUp: 'Continue it',

  name: 'Name of the batch',
  nameHint: 'You find it by this name later.',

  texts: 'Texts',
  textsHint: 'One video is made of each text. Drop .txt or .md files or whole folders anywhere here, paste, or write.',
  dropHere: 'Drop .txt or .md files or folders here',
  dropHint: 'Or paste a text anywhere on this page. The name of a file becomes the name of its project.',
  dropNow: 'Drop to add the texts',
  reading: 'Reading files…',
  chooseFiles: 'Choose files',
  write: 'Write a text',
  removeAll: 'Remove all',
  list: 'Texts of the batch',
  listKeys: 'Arrow keys choose a text, Enter opens it, Delete removes it.',
  untitled: 'Untitled',
  added: (added: number, refused: number) =>
    refused === 0 ? `${texts(added)} added` : `${texts(added)} added, ${number(refused)} refused`,
  refused: 'Files that were not taken',
  moreRefused: (count: number) => `and ${number(count)} more`,
  refusals: {
    ending: 'not a .txt or .md file',
    size: 'larger than 1 MiB',
    encoding: 'not UTF-8 text',
    unreadable: 'could not be read',
    room: (max: number) => `a batch takes at most ${texts(max)}`,
  },
  dropFailed: 'The files could not be read',
  close: 'Close',
  removed: {
    text: (name: string) => `“${name}” removed`,
    texts: (count: number) => `${texts(count)} removed`,
    draft: 'Draft discarded',
  },
  undo: 'Undo',
  undone: 'Put back',

  textName: 'Name of the project',
  content: 'Text',
  removeText: 'Remove this text',
  position: (position: number, count: number) => `Text ${number(position)} of ${number(count)}`,
  count: (actual: number, min: number, max: number) => `${characters(actual)} of ${number(min)} to ${number(max)}`,
  tooShort: (missing: number) => `${number(missing)} more needed`,
  tooLong: (over: number) => `${number(over)} too many`,
  rightLength: 'The length is right',
  listed: 'characters',
  listedFaulty: 'characters, needs attention',

  settings: 'Settings',
  chosen: 'Chosen settings',
  model: 'Model',
  modelHint: 'Writes the scripts.',
  privacy: 'Who may watch on YouTube',
  privacies: { PRIVATE: 'Private', UNLISTED: 'Unlisted', PUBLIC: 'Public' },
  privacyHints: { PRIVATE: 'Only you', UNLISTED: 'Who has the link', PUBLIC: 'Everybody' },
  publishing: 'Publishing',
  publishTypes: { IMMEDIATE: 'As soon as it is ready', SCHEDULED: 'At a set time' },
  publishAt: 'Date and time',
  publishZone: (zone: string) => `Your time zone: ${zone}`,
  publishInstant: (moment: string, zone: string) => `${moment} (${zone})`,
  aiContent: 'Made with AI',
  noAiContent: 'Not marked as made with AI',
  aiContentHint: 'Marks the videos as altered or synthetic content.',
  failureLimit: 'Failures allowed',
  failureLimitHint: 'Once more projects than this have failed, nothing new starts. Empty: no limit.',
  noFailureLimit: 'Any number of failures',
  failuresAllowed: (count: number) => `${counted(count, 'failure', 'failures')} allowed`,
  fewer: 'Fewer',
  more: 'More',

  total: (count: number, length: number) => `${texts(count)}, ${characters(length)}`,
  attention: (count: number) => counted(count, 'text needs attention', 'texts need attention'),
  nextProblem: 'Go to the next',
  create: 'Create batch',
  creating: 'Creating…',
  created: (name: string) => `Batch created: ${name}`,

  summary: (count: number) => counted(count, 'thing needs attention', 'things need attention'),
  colon: ': ',
  moreProblems: (count: number) => `and ${number(count)} more`,
  fields: {
    name: 'Name of the batch',
    projects: 'Texts',
    geminiModel: 'Model',
    'youtubeSettings.privacy': 'Who may watch on YouTube',
    'youtubeSettings.publishType': 'Publishing',
    'youtubeSettings.publishAt': 'Date and time',
    'youtubeSettings.aiContentFlag': 'Made with AI',
    failureLimit: 'Failures allowed',
  },
  ofText: (position: number, name: string) => `Text ${number(position)}${name === '' ? '' : `, “${name}”`}`,
  faults,

  unreachable: 'The service was not reached',
  unreachableText:
    'Nothing is lost: the draft stays as it is. Try again; even if the service did receive it, there will be one batch only.',
  tooLarge: 'This batch is too large for one request',
  tooLargeText: (maxBytes: number) => `The service takes ${mebibytes(maxBytes)} at once. Make several batches of it.`,
  failed: 'The batch was not created',

  conflict: 'This batch was made already',
  conflictText: (name: string, count: number) =>
    `An earlier attempt did reach the service, and made “${name}” with ${texts(count)}. The draft was changed since.`,
  openBatch: 'Open that batch',
  createSecond: 'Create a second batch',
  back: 'Back to the draft',
};
