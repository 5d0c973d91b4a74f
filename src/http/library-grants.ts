import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Principal } from '../auth/principal.ts';
import { LIBRARY_PATH } from './paths.ts';

/** A file of the library, below it: the project that it is of, and its name. Nothing that could lead elsewhere. */
const FILE = /^\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/[\w-][\w.-]*$/;
const SECONDS = /^\d{1,12}$/;

/** So long an address stays the same, to the benefit of players and caches; it then holds for as long again. */
const WINDOW_S = 6 * 60 * 60;

/** The id of the project that a file of the library is of, by its path after /library; undefined for any other path. */
export function projectOf(path: string): string | undefined {
  return FILE.exec(path)?.[1];
}

/**
 * Addresses that a video player can fetch, which sends no token: they name the token that they were
 * given to, and hold for 6 to 12 hours, or until the token ends.
 */
export class LibraryGrants {
  readonly #key: Buffer;
  readonly #now: () => number;

  /** Signs with this key, the same for all processes; `now` gives milliseconds since 1970. */
  constructor(key: Buffer, now: () => number = Date.now) {
    this.#key = key;
    this.#now = now;
  }

  /** The address of a file for this caller; as it is where it is not one of the library's. */
  sign(url: string, { id, expiresAtMs }: Principal): string {
    const projectId = url.startsWith(LIBRARY_PATH) ? projectOf(url.slice(LIBRARY_PATH.length)) : undefined;
    if (projectId === undefined) {
      return url;
    }
    const nextWindow = Math.floor(this.#now() / 1000 / WINDOW_S) + 2;
    const until = String(Math.min(nextWindow * WINDOW_S, Math.floor((expiresAtMs ?? Infinity) / 1000)));
    return `${url}?${new URLSearchParams({ by: id, until, sig: this.#sign(projectId, id, until) })}`;
  }

  /** The id of the principal whom an address was given to; undefined where it was not signed here, or is too old. */
  check(projectId: string, query: URLSearchParams): string | undefined {
    const [by = '', until = '', sig = ''] = ['by', 'until', 'sig'].map((name) => query.get(name) ?? '');
    const expected = Buffer.from(this.#sign(projectId, by, until));
    const given = Buffer.from(sig);
    const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
    return isSigned && SECONDS.test(until) && Number(until) * 1000 > this.#now() ? by : undefined;
  }

  /** Apart by a sign that is in none of them, so that no two rights have one signature. */
  #sign(projectId: string, by: string, until: string): string {
    return createHmac('sha256', this.#key).update([projectId, by, until].join('\n')).digest('base64url');
  }
}
