import { expect, test } from 'vitest';
import type { Statement } from '../../src/database/statement.ts';
import { createTestDatabase } from '../helpers/database.ts';

const ECHO: Statement = {
  name: 'echo',
  text: 'SELECT $1::text AS text, $2::text[] AS texts, $3::timestamptz AS at, $4::int AS number, $5::boolean AS truth',
};

const AT = new Date('2026-01-02T03:04:05.678Z');
const AWKWARD = `it's "quoted" \\ back\\\\slashed, {braced}, $1, NULL, \n 批次 🎬`;

test.each([
  ['awkward', [AWKWARD, [AWKWARD, '', null, 'NULL'], AT, -7, true]],
  ['empty', ['', [], AT, 0, false]],
  ['null', [null, null, null, null, null]],
  ['long', ['x'.repeat(200_000), [AWKWARD.repeat(2_000)], AT, 1, true]],
])('a prepared statement is given %s values as they are, also in a transaction, and again', async (_what, values) => {
  await using db = await createTestDatabase();
  const [text, texts, at, number, truth] = values;
  const expected = [{ text, texts, at, number, truth }];
  expect(await db.database.transaction((tx) => tx.query(ECHO, values))).toEqual(expected);
  expect(await Promise.all([db.database.query(ECHO, values), db.database.query(ECHO, values)])).toEqual([
    expected,
    expected,
  ]);
});

test('a transaction whose body rejects has changed nothing, and lets others go on', async () => {
  await using db = await createTestDatabase();
  const write: Statement = {
    text: `INSERT INTO signing_keys (name, key) VALUES ($1, decode(repeat('00', 32), 'hex'))`,
  };
  const failing = db.database.transaction(async (tx) => {
    await tx.query(write, ['lost']);
    throw new Error('as told');
  });
  await expect(failing).rejects.toThrow('as told');
  await db.database.transaction((tx) => tx.query(write, ['kept']));
  expect(await db.sql('SELECT name FROM signing_keys ORDER BY name')).toEqual([{ name: 'kept' }]);
});
