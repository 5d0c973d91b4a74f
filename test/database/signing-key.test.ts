import { expect, test } from 'vitest';
import { readSigningKey } from '../../src/database/signing-key.ts';
import { createTestDatabase } from '../helpers/database.ts';

test('all who ask, at the same time or later, get one and the same key of 32 bytes', async () => {
  await using db = await createTestDatabase();
  const first = await Promise.all(Array.from({ length: 5 }, () => readSigningKey(db.database)));
  await using another = await db.openAnother();
  const keys = [...first, await readSigningKey(another)];
  expect(keys.map((key) => key.length)).toEqual(keys.map(() => 32));
  expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
});

test('no two databases have the same key', async () => {
  await using one = await createTestDatabase();
  await using other = await createTestDatabase();
  expect(await readSigningKey(one.database)).not.toEqual(await readSigningKey(other.database));
});
