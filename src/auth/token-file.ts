import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Log } from '../log.ts';
import { AuthTokensError } from './errors.ts';
import { repeat } from './repeat.ts';
import { parseEntries, type TokenEntry } from './token-entries.ts';

/** How a file of tokens is watched. */
export interface TokenFileOptions {
  /** Absolute, or from the folder in which the service was started. */
  path: string;
  /** How often it is read; a change counts once two reads in a row agree. */
  pollMs: number;
  log: Log;
}

/** How often an error is said again while it lasts. */
const REMIND_MS = 60_000;
const NO_FILE: readonly unknown[] = ['ENOENT', 'ENOTDIR'];

/**
 * The entries of a file that is watched by reading it: the only way that sees every kind of change,
 * be it by an editor, a rename, a link that leads elsewhere (as Kubernetes does), or on a network
 * disk. Disposing of it stops that.
 *
 * A file with a wrong entry, or one that can't be read, changes nothing: the entries of before stay,
 * and an error is logged again and again. A file that is empty or gone takes every token back: it
 * may be the quickest way to lock everybody out, and a mistake is mended by putting it back.
 */
export class TokenFile implements AsyncDisposable {
  readonly #options: TokenFileOptions;
  readonly #polling: AsyncDisposable;
  #entries: readonly TokenEntry[];
  /** What the present entries were read from. */
  #text: string;
  /** What was found last. It may be half of what somebody is writing. */
  #found: string;
  #said: { problem: string; atMs: number } | undefined;

  private constructor(options: TokenFileOptions, text: string, entries: readonly TokenEntry[]) {
    this.#options = options;
    this.#text = text;
    this.#found = text;
    this.#entries = entries;
    this.#polling = repeat(options.pollMs, () => this.look());
  }

  /** Throws AuthTokensError where there is no such file, or there are no entries in it, or wrong ones. */
  static async open(options: TokenFileOptions): Promise<TokenFile> {
    const path = resolve(options.path);
    const text = await readTokenFile(path);
    if (text === undefined) {
      // Without the path: it could be a token that happens to begin like one.
      throw new AuthTokensError(
        `AUTH_TOKENS: expected the path of a file, as it begins with / or a dot, got one that leads nowhere from ${process.cwd()}`,
      );
    }
    const entries = parseEntries(text, path);
    if (entries.length === 0) {
      throw new AuthTokensError(`AUTH_TOKENS: expected at least one entry in ${path}, got none`);
    }
    return new TokenFile({ ...options, path }, text, entries);
  }

  /** As they are now. */
  get entries(): readonly TokenEntry[] {
    return this.#entries;
  }

  /** Reads the file: done every pollMs anyway. Never rejects. */
  async look(): Promise<void> {
    try {
      const text = (await readTokenFile(this.#options.path)) ?? '';
      if (text === this.#found && text !== this.#text) {
        this.#change(text);
      }
      this.#found = text;
      if (text === this.#text) {
        this.#say(this.#entries.length === 0 ? 'there is no token in it: nobody is let in' : undefined);
      }
    } catch (error) {
      this.#say(`the tokens of before stay valid. ${error instanceof Error ? error.message : error}`);
    }
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#polling[Symbol.asyncDispose]();
  }

  #change(text: string): void {
    const before = this.#entries;
    this.#entries = parseEntries(text, this.#options.path);
    this.#text = text;
    const added = namesBeyond(this.#entries, before);
    this.#options.log.info(
      { added, revoked: namesBeyond(before, this.#entries) },
      'the file of AUTH_TOKENS has changed',
    );
  }

  #say(problem: string | undefined): void {
    const { log, path } = this.#options;
    const said = this.#said;
    if (problem === undefined) {
      this.#said = undefined;
    } else if (said?.problem !== problem || Date.now() - said.atMs >= REMIND_MS) {
      this.#said = { problem, atMs: Date.now() };
      log.error({ path }, `the file of AUTH_TOKENS: ${problem}`);
    }
  }
}

/** Whom the entries name that are not among the others. */
function namesBeyond(entries: readonly TokenEntry[], others: readonly TokenEntry[]): string[] {
  const ids = new Set(others.map(({ principal }) => principal.id));
  return entries
    .filter(({ principal }) => !ids.has(principal.id))
    .map(({ principal: { subject, role } }) => `${subject}:${role}`);
}

/** What is in the file; undefined where there is none. Throws AuthTokensError where it can't be read. */
async function readTokenFile(path: string): Promise<string | undefined> {
  try {
    // A pipe or a device might never end.
    if (!(await stat(path)).isFile()) {
      throw new AuthTokensError(`AUTH_TOKENS: expected a file, got something else at ${path}`);
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) {
      throw error;
    }
    if (NO_FILE.includes(error.code)) {
      return undefined;
    }
    throw new AuthTokensError(`AUTH_TOKENS: expected a file that can be read, got ${error.code} for ${path}`);
  }
}
