import { expect, test } from 'vitest';
import { DatabaseUnreachableError } from '../../src/database/errors.ts';
import { parseServerAddress } from '../../src/database/server-address.ts';

test.each([
  ['postgres://someone:secret@db.example:6543/shows', 'db.example:6543/shows'],
  ['postgresql://localhost/shows', 'localhost:5432/shows'],
  ['postgres:///shows?host=/var/run/postgresql', '/var/run/postgresql:5432/shows'],
])('%s is called %s', (url, label) => {
  expect(parseServerAddress(url).label).toBe(label);
});

test.each(['', 'shows', 'mysql://someone:secret@db/shows', 'postgres://someone:secret@db:port/shows'])(
  'the URL "%s" is refused without being repeated',
  (url) => {
    expect(() => parseServerAddress(url)).toThrow(DatabaseUnreachableError);
    expect(() => parseServerAddress(url)).toThrow(
      /^The database URL can't be read: expected postgres:\/\/user:password@host:port\/name$/,
    );
  },
);

test('the options of a URL stay, but the time zone is UTC', () => {
  const url = 'postgres://localhost/shows?options=-c%20TimeZone%3DAsia%2FTaipei&sslmode=disable';
  const { connectionString = '' } = parseServerAddress(url).config;
  const { searchParams } = new URL(connectionString);
  expect(searchParams.get('options')).toBe('-c TimeZone=Asia/Taipei -c TimeZone=UTC');
  expect(searchParams.get('sslmode')).toBe('disable');
});
