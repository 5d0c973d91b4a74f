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
  const found = await asked(path, stat(path));
  if (!found.isDirectory()) {
    if (!found.isFile()) {
      throw new RefusedError(`${path}: expected a file or a folder, got something else`);
    }
    return [path];
  }
  const entries = await asked(path, readdir(path));
  const names = entries.filter((name) => !name.startsWith('.') && TEXT_ENDINGS.includes(extname(name).toLowerCase()));
  if (names.length === 0) {
    const got = entries.length === 0 ? 'an empty folder' : count(entries.length, 'other file');
    throw new RefusedError(`${path}: expected .txt or .md files in it, got ${got}`);
  }
  return names.sort(NATURAL_ORDER.compare).map((name) => join(path, name));
}

async function readText(file: string): Promise<Text> {
  const { size } = await asked(file, stat(file));
  if (size > MAX_BYTES) {
    throw new RefusedError(
      `${file}: expected a text of at most ${numeral(CONTENT_MAX)} characters, got ${numeral(size)} bytes`,
    );
  }
  const content = decode(file, await asked(file, readFile(file)));
  // macOS takes accents apart in names of files.
  const name = parse(file).name.normalize();
  const length = lengthOf(content);
  if (length < CONTENT_MIN || length > CONTENT_MAX) {
    throw new RefusedError(
      `${file}: expected ${CONTENT_MIN} to ${numeral(CONTENT_MAX)} characters, got ${numeral(length)}`,
    );
  }
  if (name.trim() === '' || lengthOf(name) > NAME_MAX) {
    throw new RefusedError(`${file}: expected a name of 1 to ${NAME_MAX} characters, got ${lengthOf(name.trim())}`);
  }
  return { file, name, content };
}

/** Text in UTF-8, with or without a byte order mark; white space around it is no part of it. */
function decode(file: string, bytes: Buffer): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const mark = bytes.toString('hex', 0, 2);
    const got = mark === 'fffe' || mark === 'feff' ? 'UTF-16' : 'bytes that are none';
    throw new RefusedError(`${file}: expected text in UTF-8, got ${got}`);
  }
  if (text.includes('\0')) {
    throw new RefusedError(`${file}: expected text, got a file with NUL characters in it`);
  }
  return text.trim();
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
