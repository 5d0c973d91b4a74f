import { expect, test } from 'vitest';
import { createTestDatabase } from '../helpers/database.ts';

test('a fresh database answers', async () => {
  await using db = await createTestDatabase();
  expect(await db.database.ping(1000)).toBe(true);
  expect(await db.sql('SELECT 1 AS one; SELECT 2 AS two')).toEqual([{ two: 2 }]);
  await using other = await db.openAnother();
  expect(await other.ping(1000)).toBe(true);
});
