import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readBacklog } from '../../src/batches/backlog.ts';
import { ERROR_CODES } from '../../src/errors.ts';
import { codeLabel, OTHER_CODES } from '../../src/http/error-codes.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { createTestDatabase } from '../helpers/database.ts';
import { parseExposition } from './exposition.ts';

const src = join(import.meta.dirname, '../../src');

/** Whatever stands in the sources as the code of an error. */
async function codesInSources(): Promise<string[]> {
  const texts: string[] = [];
  for (const room of ['auth', 'graphql', 'http']) {
    const files = (await readdir(join(src, room))).filter((file) => file.endsWith('.ts') && file !== 'error-codes.ts');
    texts.push(...(await Promise.all(files.map((file) => readFile(join(src, room, file), 'utf8')))));
  }
  const found = texts.flatMap((text) => [...text.matchAll(/(?:const [A-Z_]+ =|\w+:|code =) '([A-Z]+(?:_[A-Z]+)+)'/g)]);
  return found.map(([, code = '']) => code);
}

test('every code that an error can have is one that errors are counted by', async () => {
  const codes = await codesInSources();
  expect(codes).toContain('RATE_LIMITED');
  expect(codes.filter((code) => codeLabel(code) === 'OTHER')).toEqual([]);
  expect([...ERROR_CODES, ...OTHER_CODES].map(codeLabel)).toEqual([...ERROR_CODES, ...OTHER_CODES]);
});

test('what is no code of the service is counted as other', () => {
  expect([undefined, 'constructor', 'CODE_OF_A_LIBRARY', 42].map(codeLabel)).toEqual(Array(4).fill('OTHER'));
});

test('names say what is counted and in which unit', async () => {
  const metrics = new Metrics();
  metrics.showClients({ subscribers: () => 1, connections: async () => ({ websocket: 1, http: 1 }) });
  metrics.showPools(() => [{ name: 'main', size: 2, max: 10, idle: 1, waiting: 0 }]);
  metrics.showBacklog({ read: async () => ({ projects: { waiting: 1 }, batches: { QUEUED: 1 }, workers: 1 }) });
  const { types, value } = parseExposition(await metrics.text());
  const own = [...types].filter(([name]) => name.startsWith('showrunner_'));
  expect(own.length).toBeGreaterThan(12);
  for (const [name, type] of own) {
    expect(name.endsWith('_total'), name).toBe(type === 'counter');
    expect(name.endsWith('_seconds'), name).toBe(type === 'histogram');
  }
  expect(value('showrunner_database_connections{pool="main",state="busy"}')).toBe(1);
  for (const name of ['nodejs_eventloop_lag_seconds', 'process_resident_memory_bytes', 'nodejs_gc_duration_seconds']) {
    expect(types.has(name), name).toBe(true);
  }
});

test('once the database is gone the figures say so, and come all the same', async () => {
  await using db = await createTestDatabase();
  const metrics = new Metrics();
  metrics.showBacklog({ read: () => readBacklog(db.database), keepMs: 0, timeoutMs: 20_000 });
  const there = parseExposition(await metrics.text());
  expect(there.value('showrunner_database_up')).toBe(1);
  expect(there.value('showrunner_projects{state="waiting"}')).toBe(0);
  await db.database[Symbol.asyncDispose]();
  const gone = parseExposition(await metrics.text());
  expect(gone.value('showrunner_database_up')).toBe(0);
  expect(gone.value('showrunner_projects{state="waiting"}')).toBeUndefined();
});

test('where the database is away or silent the figures come all the same, without what it would say', async () => {
  const broken = new Metrics();
  broken.showBacklog({ read: () => Promise.reject(new Error('connect ECONNREFUSED')) });
  const silent = new Metrics();
  silent.showBacklog({ read: () => new Promise(() => {}), timeoutMs: 1 });
  for (const metrics of [broken, silent]) {
    const { value, series } = parseExposition(await metrics.text());
    expect(value('showrunner_database_up')).toBe(0);
    expect(series.filter((each) => /^showrunner_(projects|batches|workers)\b/.test(each))).toEqual([]);
  }
});

test('the database is asked once for all who scrape at a time, and not again while it has not answered', async () => {
  let reads = 0;
  const answer = Promise.withResolvers<undefined>();
  const backlog = { projects: { waiting: 3 }, batches: {}, workers: 2 };
  const metrics = new Metrics();
  const read = async () => {
    reads++;
    await answer.promise;
    return backlog;
  };
  metrics.showBacklog({ read, timeoutMs: 1, keepMs: 0 });
  expect(parseExposition(await metrics.text()).value('showrunner_database_up')).toBe(0);
  expect(parseExposition(await metrics.text()).value('showrunner_database_up')).toBe(0);
  expect(reads).toBe(1);
  answer.resolve(undefined);
  await expect.poll(async () => parseExposition(await metrics.text()).value('showrunner_workers')).toBe(2);
});
