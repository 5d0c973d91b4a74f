import { createWriteStream } from 'node:fs';
import { rename, rm, stat, utimes } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { connectionError, type Service } from './client.ts';
import { diskError, isOfDisk, onDisk } from './disk-error.ts';
import { ConnectionError, RefusedError } from './failures.ts';
import { takeLock } from './file-lock.ts';
import { findPart, partPath, removeEmpty, removeParts } from './part-file.ts';
import { asksForToken, authorizationOf, signInError, UNAUTHORIZED } from './sign-in.ts';

/** What is to be downloaded. */
export interface Download {
  /** Who said where it is: its token goes there too, and to no other origin. */
  readonly service: Pick<Service, 'url' | 'token'>;
  readonly url: string;
  /** Where it goes. While it is not whole, what there is of it is beside it, with .part at the end of its name. */
  readonly file: string;
  /** Whether another file in its place may go. */
  readonly overwrite?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told how many bytes there are by now, of how many; undefined where the server does not say. */
  onProgress?(bytes: number, totalBytes: number | undefined): void;
}

/** What came of a download. */
export interface Downloaded {
  readonly bytes: number;
  /** False where the whole file was there already. */
  readonly fetched: boolean;
}

const RETRY_PAUSES_MS = [500, 1_000, 2_000, 4_000];
/** Nothing has come for so long: the connection is dead. */
const STALL_MS = 30_000;
/** HTTP status for a client that asks for too much at once. */
const TOO_MANY_REQUESTS = 429;

/**
 * Downloads a file, so that it is there whole or not at all. What an earlier try has left is gone on
 * with, if the server still has the very same file; a connection that breaks is tried again as long
 * as something comes each time. One of several clients does it. Throws RefusedError, or ConnectionError:
 * then a later call goes on.
 */
export async function downloadFile(download: Download): Promise<Downloaded> {
  const { file } = download;
  const there = await findWhole(download);
  if (there !== undefined) {
    return { bytes: there, fetched: false };
  }
  // Two that write one part would spoil it.
  await using lock = await onDisk(file, takeLock(lockPath(file)));
  if (lock === undefined) {
    throw new RefusedError(
      `${file}: another download writes it: left to that one (if there is none, remove ${lockPath(file)})`,
    );
  }
  // It may have ended just now.
  const madeMeanwhile = await findWhole(download);
  if (madeMeanwhile !== undefined) {
    return { bytes: madeMeanwhile, fetched: false };
  }
  return { bytes: await keepTrying(download), fetched: true };
}

async function keepTrying(download: Download): Promise<number> {
  let tries = 0;
  for (;;) {
    let came = false;
    const onProgress = (bytes: number, totalBytes: number | undefined) => {
      came = true;
      download.onProgress?.(bytes, totalBytes);
    };
    try {
      return await attempt({ ...download, onProgress });
    } catch (error) {
      tries = came ? 0 : tries + 1;
      const pauseMs = RETRY_PAUSES_MS[tries];
      if (!(error instanceof ConnectionError) || pauseMs === undefined) {
        throw error;
      }
      await delay(pauseMs, undefined, { signal: download.signal });
    }
  }
}

/** The size of the file where it is there already. Throws RefusedError for another one in its place. */
async function findWhole(download: Download): Promise<number | undefined> {
  const { file, overwrite, signal } = download;
  const there = await stat(file).catch(() => undefined);
  if (there === undefined) {
    return undefined;
  }
  if (there.isDirectory()) {
    throw new RefusedError(`${file}: there is a folder of that name: move it away, or give another folder with --to`);
  }
  using stall = watchForStall(signal);
  const response = await ask(download, { method: 'HEAD', signal: stall.signal });
  const { headers } = checked(response, download);
  const sameTime = [null, wholeSeconds(there.mtimeMs)].includes(modifiedMs(headers));
  if (there.isFile() && there.size === Number(headers.get('content-length')) && sameTime) {
    return there.size;
  }
  if (!overwrite) {
    throw new RefusedError(`${file}: there is another file of that name; give another folder, or --overwrite`);
  }
  return undefined;
}

/** One request, for what is still missing. Gives the size of the whole file. */
async function attempt(download: Download): Promise<number> {
  const { url, file, signal, onProgress } = download;
  const part = await onDisk(file, findPart(file));
  // A part is only of use where the server still has the file that it is a part of.
  const range = part && part.bytes > 0 ? { range: `bytes=${part.bytes}-`, 'if-range': part.etag } : undefined;
  using stall = watchForStall(signal);
  const response = await ask(download, {
    method: 'GET',
    headers: { 'accept-encoding': 'identity', ...range },
    signal: stall.signal,
  });
  if (response.status === 416 && part !== undefined && totalOf(response.headers) === part.bytes) {
    // It was killed between the last byte and the new name.
    await response.body?.cancel();
    await onDisk(file, settle(part.path, file, part.bytes, response.headers));
    return part.bytes;
  }
  const { status, headers, body } = checked(response, download);
  const start = status === 206 && part !== undefined ? part.bytes : 0;
  if (status === 206 && startOf(headers) !== start) {
    await body?.cancel();
    throw new RefusedError(`${shown(url)}: the server sent another part of the file than was asked for`);
  }
  const length = headers.get('content-length');
  const totalBytes = length === null ? undefined : start + Number(length);
  if (start === 0) {
    await onDisk(file, removeParts(file));
  }
  const path = start > 0 && part !== undefined ? part.path : partPath(file, headers.get('etag'));
  let bytes = start;
  const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      stall.alive();
      bytes += chunk.byteLength;
      onProgress?.(bytes, totalBytes);
      yield chunk;
    }
  };
  try {
    await pipeline(body ?? Readable.from([]), counted, createWriteStream(path, { flags: start > 0 ? 'a' : 'w' }));
  } catch (error) {
    await removeEmpty(path);
    signal?.throwIfAborted();
    throw isOfDisk(error) ? diskError(file, error) : connectionError(shown(url), error, { answered: true });
  }
  if (totalBytes !== undefined && bytes !== totalBytes) {
    throw new ConnectionError(`The connection to ${shown(url)} broke: run the command again`, { reached: true });
  }
  await onDisk(file, settle(path, file, bytes, headers));
  return bytes;
}

/** Aborts with `signal`, and where nothing has come for too long. */
function watchForStall(signal: AbortSignal | undefined): Disposable & { signal: AbortSignal; alive(): void } {
  const stalled = new AbortController();
  const timer = setTimeout(
    () => stalled.abort(new DOMException('nothing has come for a while', 'TimeoutError')),
    STALL_MS,
  );
  return {
    signal: signal === undefined ? stalled.signal : AbortSignal.any([signal, stalled.signal]),
    alive: () => timer.refresh(),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

/** Throws what the download's signal aborts with, or ConnectionError. */
async function ask(
  { service, url, signal }: Download,
  init: { method: string; headers?: Record<string, string>; signal: AbortSignal },
): Promise<Response> {
  const isOurs = new URL(url).origin === new URL(service.url).origin;
  const authorization = isOurs ? authorizationOf(service.token) : undefined;
  try {
    // fetch() itself takes the token out where a redirect leads to another origin.
    return await fetch(url, { ...init, headers: { ...init.headers, ...authorization } });
  } catch (error) {
    signal?.throwIfAborted();
    throw connectionError(shown(url), error, { answered: false });
  }
}

function checked(response: Response, { service, url }: Download): Response {
  const { status, ok } = response;
  if (status >= 500 || status === TOO_MANY_REQUESTS) {
    throw new ConnectionError(`${shown(url)} can't be had for the moment (${status}): run the command again`, {
      reached: true,
    });
  }
  if (status === UNAUTHORIZED && asksForToken(response)) {
    throw signInError(service.url, service.token, response.url);
  }
  if (!ok) {
    throw new RefusedError(`${shown(url)}: the service does not have it (${status})`);
  }
  return response;
}

/** An address without its query, which is long, and lets whoever reads it in. */
function shown(url: string): string {
  return url.replace(/\?.*/, '');
}

/** Gives a whole file, of so many bytes, its name, and the time of the server's, by which it is known again. */
async function settle(path: string, file: string, bytes: number, headers: Headers): Promise<void> {
  const { size } = await stat(path);
  if (size !== bytes) {
    await rm(path, { force: true });
    throw new Error(`something else has changed it from ${bytes} to ${size} bytes: run the command again`);
  }
  const modified = modifiedMs(headers);
  if (modified !== null) {
    await utimes(path, new Date(), new Date(modified));
  }
  await rename(path, file);
}

function lockPath(file: string): string {
  return `${file}.lock`;
}

/** Last-Modified in milliseconds since 1970: whole seconds. */
function modifiedMs(headers: Headers): number | null {
  const modified = Date.parse(headers.get('last-modified') ?? '');
  return Number.isNaN(modified) ? null : modified;
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

/** Content-Range: bytes 5-9/10, and bytes * /10 where the range was none. */
function startOf(headers: Headers): number {
  return Number(/^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1]);
}

function totalOf(headers: Headers): number {
  return Number(/\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1]);
}
