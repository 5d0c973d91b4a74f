import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSince } from '../../src/batches/history.ts';
import { pruneEvents } from '../../src/batches/prune.ts';
import { type Domain, openDomain } from './domain.ts';

let domain: Domain;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

test('events older than so many days are deleted, whole versions, and each batch remembers how far it reaches', async () => {
  const [old, young] = [await domain.create(2), await domain.create(1)];
  const worker = await domain.worker();
  const [first = '', second = ''] = await domain.ids(old.id);
  await worker.goThrough(await worker.hold(first), 5);
  await domain.db.sql(`UPDATE batch_events SET at = now() - interval '31 days' WHERE batch_id = $1 AND version < 6`, [
    old.id,
  ]);
  await worker.goThrough(await worker.hold(second), 1);
  const before = [await domain.events(old.id), await domain.events(young.id)];
  const version = (await domain.batch(old.id)).version;

  const pruned = await pruneEvents(domain.database, 30);

  const kept = await domain.events(old.id);
  expect(kept).toEqual(before[0]?.filter((event) => event.version >= 6));
  expect(pruned).toBe((before[0]?.length ?? 0) - kept.length);
  expect(await domain.events(young.id)).toEqual(before[1]);
  expect(await domain.batch(old.id)).toMatchObject({ version, historyFrom: 5 });
  expect(await domain.batch(young.id)).toMatchObject({ historyFrom: 0 });
  expect(await pruneEvents(domain.database, 30)).toBe(0);

  // What is asked for from before that cannot be told any more; from there on it can.
  expect(await readSince(domain.database, old.id, 4)).toMatchObject({ reset: true, changes: [] });
  const since = await readSince(domain.database, old.id, 5);
  expect(since?.reset).toBe(false);
  expect(since?.changes.map((change) => change.version)).toEqual(kept.map((event) => event.version));
});

test('a version that the batch has not reached is a reset, and a batch that does not exist is nothing', async () => {
  const { id, version } = await domain.create(1);
  expect(await readSince(domain.database, id, version + 1)).toMatchObject({ reset: true, changes: [], running: [] });
  expect(await readSince(domain.database, id, version)).toMatchObject({ reset: false, changes: [] });
  expect(await readSince(domain.database, '0193a1b2-0000-7000-8000-000000000000', 0)).toBeUndefined();
});
