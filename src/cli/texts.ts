import type { Stats } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join, parse, resolve } from 'node:path';
import type { CreateProjectInput } from '../generated/cli-gql/graphql.ts';
import { printable } from './columns.ts';
import { codeOf, RefusedError } from './failures.ts';
import { count, numeral } from './words.ts';

/** A text to make a video from, and the file that it came from. */
export interface Text extends CreateProjectInput {
  /** As the user would name the file. */
  readonly file: string;
}

/** What the API takes, in Unicode code points. */
const CONTENT_MIN = 500;
const CONTENT_MAX = 10_000;
const NAME_MAX = 200;

/** In folders, only these are texts; a file that is named itself may be called anything. */
const TEXT_ENDINGS = ['.txt', '.md'];
/** No text with so many bytes has few enough characters, however much white space is around it. */
const MAX_BYTES = 1_000_000;

const NATURAL_ORDER = new Intl.Collator('en', { numeric: true });

/**
 * The texts in files and folders, in the order in which they are given; those of a folder (.txt and
 * .md, not of folders in it) in natural order of their names. A file's name without its ending names
 * its project. Throws RefusedError with a line for every file that can't be taken.
 */
export async function readTexts(paths: readonly string[]): Promise<Text[]> {
  const found = await Promise.all(paths.map((path) => caught(() => listFiles(path))));
  const files = found.flatMap((each) => each.value ?? []);
  const read: Outcome<Text>[] = [];
  // One after the other: there may be thousands, and a process may have only so many open.
  for (const file of files) {
    read.push(await caught(() => readText(file)));
  }
  const problems = [...found, ...read].flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) {
    throw refusalOf(problems);
  }
  return read.flatMap(({ value }) => value ?? []);
}

/** An error for texts that can't be taken: a line for each, and what to do. */
export function refusalOf(problems: readonly string[]): RefusedError {
  const them = problems.length === 1 ? 'this' : `these ${count(problems.length, 'problem')}`;
  return new RefusedError([...problems.map(printable), `Nothing was sent: mend ${them} and submit again`].join('\n'));
}

/** What a batch of what these paths lead to is called, unless the user says it. */
export function defaultName(paths: readonly string[], texts: readonly Text[]): string {
  const [path, ...others] = paths;
  if (path === undefined || others.length > 0) {
    return count(texts.length, 'text');
  }
  const [text] = texts;
  return text !== undefined && text.file === path ? text.name : basename(resolve(path)).normalize();
}

interface Outcome<T> {
  value?: T;
  problem?: string;
}

/** Nothing is sent if a file is wrong, but the user shall hear of all of them at once. */
async function caught<T>(run: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await run() };
  } catch (error) {
    if (error instanceof RefusedError) {
      return { problem: error.message };
    }
    throw error;
  }
}

async function listFiles(path: string): Promise<string[]> {
  if (path === '') {
    throw new RefusedError("expected a file or a folder, got ''");
  }
  const found = await asked(path, stat(path));
  if (!found.isDirectory()) {
    if (!found.isFile()) {
      throw new RefusedError(`${path}: expected a file or a folder, got ${kindOf(found)}`);
    }
    return [path];
  }
  // As bytes, and one to one: names that are no UTF-8 would be changed to some that nobody has.
  const entries = await asked(path, readdir(path, { encoding: 'latin1' }));
  const names = entries.filter((name) => !name.startsWith('.') && TEXT_ENDINGS.includes(extname(name).toLowerCase()));
  const files: string[] = [];
  for (const name of names.map((each) => nameOf(path, each)).sort(NATURAL_ORDER.compare)) {
    const file = join(path, name);
    // A link to nowhere is left to the reading, which says so.
    const isFolder = await stat(file).then(
      (entry) => entry.isDirectory(),
      () => false,
    );
    if (!isFolder) {
      files.push(file);
    }
  }
  if (files.length === 0) {
    const got =
      entries.length === 0 ? 'an empty folder' : `${numeral(entries.length)} other${entries.length === 1 ? '' : 's'}`;
    throw new RefusedError(`${path}: expected .txt or .md files in it, got ${got}`);
  }
  return files;
}

/** The name of an entry of a folder, from its bytes. */
function nameOf(folder: string, bytes: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    const shown = Buffer.from(bytes, 'latin1').toString();
    throw new RefusedError(`${join(folder, shown)}: expected a name in UTF-8, got bytes that are none: rename it`);
  }
}

/** As the service has it: white space, zero-width characters and controls. */
const BLANK = /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]*$/u;

async function readText(file: string): Promise<Text> {
  const content = decode(file, await readBytes(file));
  // macOS takes accents apart in names of files.
  const name = parse(file).name.normalize();
  const length = lengthOf(content);
  if (length < CONTENT_MIN || length > CONTENT_MAX) {
    throw new RefusedError(
      `${file}: expected ${CONTENT_MIN} to ${numeral(CONTENT_MAX)} characters, got ${numeral(length)}`,
    );
  }
  if (BLANK.test(content)) {
    throw new RefusedError(`${file}: expected a text, got nothing that can be seen`);
  }
  if (BLANK.test(name) || lengthOf(name) > NAME_MAX) {
    throw new RefusedError(`${file}: expected a name of 1 to ${NAME_MAX} characters, got ${lengthOf(name.trim())}`);
  }
  return { file, name, content };
}

async function readBytes(file: string): Promise<Buffer> {
  const found = await asked(file, stat(file));
  if (!found.isFile()) {
    throw new RefusedError(`${file}: expected a file, got ${kindOf(found)}`);
  }
  if (found.size > MAX_BYTES) {
    throw new RefusedError(
      `${file}: expected a text of at most ${numeral(CONTENT_MAX)} characters, got ${numeral(found.size)} bytes`,
    );
  }
  return await asked(file, readFile(file));
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) {
    return 'a folder';
  }
  if (found.isFIFO()) {
    return 'a pipe';
  }
  return found.isSocket() ? 'a socket' : 'a device';
}

/** Text in UTF-8, with or without a byte order mark; white space around it is no part of it. */
function decode(file: string, bytes: Buffer): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RefusedError(`${file}: expected text in UTF-8, got ${encodingOf(bytes)}`);
  }
  if (text.includes('\0')) {
    throw new RefusedError(`${file}: expected text, got a file with NUL characters in it`);
  }
  return text.trim();
}

/** By the byte order mark. That of UTF-32 begins as that of UTF-16 does. */
function encodingOf(bytes: Buffer): string {
  const mark = bytes.toString('hex', 0, 4);
  if (mark === 'fffe0000' || mark === '0000feff') {
    return 'UTF-32';
  }
  return mark.startsWith('fffe') || mark.startsWith('feff') ? 'UTF-16' : 'bytes that are none';
}

/** Unicode code points. */
function lengthOf(text: string): number {
  return [...text].length;
}

/** Why a file can't be looked at, in the words of its user. */
async function asked<T>(path: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new RefusedError(`${path}: expected a file or a folder, but there is none`);
    }
    if (code === 'EACCES' || code === 'EPERM') {
      throw new RefusedError(`${path}: expected a file that you may read, but permission is denied`);
    }
    throw new RefusedError(`${path}: can't be read (${error instanceof Error ? error.message : error})`);
  }
}
