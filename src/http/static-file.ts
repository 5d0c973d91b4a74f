import { access } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { type FileToSend, sendFile } from './send-file.ts';
import { sendJson } from './send-json.ts';

/** How long a browser may keep a file. */
export const Caching = {
  /** As its name changes with what is in it: for a year, without asking again. */
  forGood: 'public, max-age=31536000, immutable',
  /** It asks each time whether the file has changed. */
  asking: 'no-cache',
} as const;

/** Names such as a build gives: neither dotfiles nor anything that leads elsewhere. */
const TAME = /^(?:\/\w[\w.-]*)+$/;

/** In the order in which they are preferred. */
const ENCODINGS = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
] as const;

/** What is compressed, and its type, which a compressed file's own name does not tell. */
const COMPRESSED_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
};

/** Sends a file of a build; compressed where the client takes that and the build has it. */
export async function sendStatic(
  request: IncomingMessage,
  response: ServerResponse,
  { root, path, caching, headers, notFound }: FileToSend & { caching: string },
): Promise<void> {
  const missing = notFound ?? (() => sendJson(response, 404, { error: 'not found' }));
  if (!TAME.test(path)) {
    missing();
    return;
  }
  const type = COMPRESSED_TYPES[extname(path)];
  const encoding = type === undefined ? undefined : await findEncoded(request, join(root, path));
  sendFile(request, response, {
    root,
    path: path + (encoding?.ending ?? ''),
    // Parts of a compressed file are of no use to anyone.
    options: { cacheControl: false, acceptRanges: false },
    headers: {
      'cache-control': caching,
      ...(type === undefined ? {} : { 'content-type': type, vary: 'accept-encoding' }),
      ...(encoding === undefined ? {} : { 'content-encoding': encoding.name }),
      ...headers,
    },
    notFound: missing,
  });
}

async function findEncoded(request: IncomingMessage, file: string): Promise<(typeof ENCODINGS)[number] | undefined> {
  const accepted = acceptedEncodings(request);
  for (const encoding of ENCODINGS) {
    if (accepted.has(encoding.name) && (await isThere(file + encoding.ending))) {
      return encoding;
    }
  }
  return undefined;
}

function acceptedEncodings({ headers }: IncomingMessage): Set<string> {
  const ranges = String(headers['accept-encoding'] ?? '').split(',');
  // With q=0 it is refused.
  const wanted = ranges.filter((range) => !/;\s*q=0(?:\.0*)?\s*$/i.test(range));
  return new Set(wanted.map((range) => String(range.split(';')[0]).trim().toLowerCase()));
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
