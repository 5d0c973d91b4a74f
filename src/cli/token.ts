import { createReadStream } from 'node:fs';
import { codeOf, RefusedError } from './failures.ts';
import type { Terminal } from './terminal.ts';

/** What lets this client in, and where its user gave it. */
export interface Token {
  readonly text: string;
  /** SHOWRUNNER_TOKEN or --token-file: what the user has to change if it is refused. */
  readonly source: string;
}

const VARIABLE = 'SHOWRUNNER_TOKEN';
const OPTION = '--token-file';
/** Stands for standard input. */
const STDIN = '-';
/** Servers take 16 KiB of headers, as a rule. */
const MAX_BYTES = 8_192;

/**
 * The token: that of a file, where one is named, and otherwise that of the environment; undefined where
 * there is none. Throws RefusedError, which does not show the token, for what can be none.
 */
export async function readToken(
  tokenFile: string | undefined,
  { tokenVariable, stdin, signal }: Terminal,
): Promise<Token | undefined> {
  if (tokenFile === undefined) {
    const given = tokenVariable?.trim() ?? '';
    return given === '' ? undefined : checked(given, VARIABLE);
  }
  if (tokenFile === STDIN && stdin.isTTY) {
    throw new RefusedError(`${OPTION} ${STDIN}: expected a token from a pipe, got a terminal, which would show it`);
  }
  try {
    const input = tokenFile === STDIN ? stdin : createReadStream(tokenFile, { signal });
    return checked((await readAll(input)).trim(), OPTION);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RefusedError) {
      throw error;
    }
    const why = codeOf(error) ?? (error instanceof Error ? error.message : String(error));
    throw new RefusedError(`${OPTION}: expected a file that you may read, got '${tokenFile}' (${why})`);
  }
}

async function readAll(input: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    const part = Buffer.from(chunk);
    bytes += part.byteLength;
    if (bytes > MAX_BYTES) {
      throw new RefusedError(`${OPTION}: expected a token of at most ${MAX_BYTES} bytes, got more`);
    }
    chunks.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** RFC 6750 knows no other characters. */
function checked(text: string, source: string): Token {
  if (text === '') {
    throw new RefusedError(`${source}: expected a token, got nothing`);
  }
  const wrong = /[^\w.~+/=-]/u.exec(text);
  if (wrong !== null) {
    throw new RefusedError(
      `${source}: expected a token of letters, digits and -._~+/=, got ${named(wrong[0])} at place ${wrong.index + 1}`,
    );
  }
  if (text.length > MAX_BYTES) {
    throw new RefusedError(`${source}: expected a token of at most ${MAX_BYTES} bytes, got more`);
  }
  return { text, source };
}

function named(character: string): string {
  if (/[\r\n]/.test(character)) {
    return 'a line break';
  }
  const code = character.codePointAt(0) ?? 0;
  return character === ' ' ? 'a space' : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
