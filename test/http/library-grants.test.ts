import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Principal } from '../../src/auth/principal.ts';
import { LibraryGrants } from '../../src/http/library-grants.ts';

const KEY = randomBytes(32);
const PROJECT = '0192f7a4-5c1e-7d3a-9b1f-2f6d8e4c1a01';
const OTHER = '0192f7a4-5c1e-7d3a-9b1f-2f6d8e4c1a02';
const URL = `/library/${PROJECT}/video.mp4`;
const HOUR_MS = 60 * 60 * 1000;
/** The beginning of a window of six hours. */
const MIDNIGHT_MS = Date.UTC(2026, 10, 26);

const ada: Principal = { id: '0123456789abcdef', subject: 'ada', role: 'viewer', expiresAtMs: undefined };

const queryOf = (url: string) => new URLSearchParams(url.slice(url.indexOf('?')));
const at = (ms: number) => new LibraryGrants(KEY, () => ms);

test('a signed address holds for its project, and names whom it was given to', () => {
  const signed = at(MIDNIGHT_MS).sign(URL, ada);
  expect(signed).toMatch(/^\/library\/[0-9a-f-]{36}\/video\.mp4\?by=0123456789abcdef&until=\d+&sig=[\w-]{43}$/);
  expect(at(MIDNIGHT_MS).check(PROJECT, queryOf(signed))).toBe(ada.id);
  expect(at(MIDNIGHT_MS).check(OTHER, queryOf(signed))).toBeUndefined();
});

test('an address stays the same for six hours, and holds for six to twelve', () => {
  const first = at(MIDNIGHT_MS).sign(URL, ada);
  const last = MIDNIGHT_MS + 6 * HOUR_MS - 1;
  expect(at(last).sign(URL, ada)).toBe(first);
  expect(at(last + 1).sign(URL, ada)).not.toBe(first);
  const end = MIDNIGHT_MS + 12 * HOUR_MS;
  expect(at(end - 1).check(PROJECT, queryOf(first))).toBe(ada.id);
  expect(at(end).check(PROJECT, queryOf(first))).toBeUndefined();
});

test('no address outlives its token', () => {
  const expiresAtMs = MIDNIGHT_MS + 90_500;
  const signed = at(MIDNIGHT_MS).sign(URL, { ...ada, expiresAtMs });
  expect(queryOf(signed).get('until')).toBe(String(MIDNIGHT_MS / 1000 + 90));
  expect(at(MIDNIGHT_MS + 89_999).check(PROJECT, queryOf(signed))).toBe(ada.id);
  expect(at(MIDNIGHT_MS + 90_000).check(PROJECT, queryOf(signed))).toBeUndefined();
  const longer = at(MIDNIGHT_MS).sign(URL, { ...ada, expiresAtMs: MIDNIGHT_MS + 1_000 * HOUR_MS });
  expect(longer).toBe(at(MIDNIGHT_MS).sign(URL, ada));
});

test('every process with the same key takes it, and none with another', () => {
  const signed = queryOf(at(MIDNIGHT_MS).sign(URL, ada));
  expect(new LibraryGrants(Buffer.from(KEY), () => MIDNIGHT_MS).check(PROJECT, signed)).toBe(ada.id);
  expect(new LibraryGrants(randomBytes(32), () => MIDNIGHT_MS).check(PROJECT, signed)).toBeUndefined();
});

test('nothing of it can be changed, left out or made up', () => {
  const grants = at(MIDNIGHT_MS);
  const good = Object.fromEntries(queryOf(grants.sign(URL, ada)));
  const until = Number(good['until']);
  const sig = String(good['sig']);
  const bad = [
    { ...good, by: 'fedcba9876543210' },
    { ...good, by: `${ada.id}\n${until}` },
    { ...good, until: String(until + 1) },
    { ...good, until: `0${until}` },
    { ...good, until: `${until}.0` },
    { ...good, until: 'Infinity' },
    { ...good, sig: `${sig[0] === 'A' ? 'B' : 'A'}${sig.slice(1)}` },
    { ...good, sig: sig.slice(0, -1) },
    { ...good, sig: `${sig}=` },
    { ...good, sig: '' },
    { by: ada.id, until: good['until'] },
    { by: ada.id, sig },
    { until: good['until'], sig },
    {},
  ];
  for (const query of bad) {
    expect([query, grants.check(PROJECT, new URLSearchParams(JSON.parse(JSON.stringify(query))))]).toEqual([
      query,
      undefined,
    ]);
  }
  expect(grants.check(PROJECT, new URLSearchParams(good))).toBe(ada.id);
});

test('what is not of the library stays as it is', () => {
  for (const url of [
    'https://videos.example.com/video.mp4',
    `https://videos.example.com${URL}`,
    `/other/${PROJECT}/video.mp4`,
    `/library/${PROJECT}`,
    `/library/${PROJECT}/`,
    `/library/${PROJECT}/../${OTHER}/video.mp4`,
    `/library/${PROJECT}/video.mp4?already=1`,
    `/library/${PROJECT.toUpperCase()}/video.mp4`,
    '/library/x/video.mp4',
    '',
  ]) {
    expect(at(MIDNIGHT_MS).sign(url, ada)).toBe(url);
  }
});
