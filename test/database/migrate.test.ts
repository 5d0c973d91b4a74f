import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../src/database/log.ts';
import { migrate, type SqlSession } from '../../src/database/migrate.ts';
import { migrationsDir } from '../../src/database/migration-files.ts';
import { openPostgres } from '../../src/database/postgres.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import { startProcess } from './children.ts';

let dir: string;
let db: TestDatabase;
let session: SqlSession;
let client: pg.Client | undefined;

beforeAll(async () => {
  db = await createTestDatabase();
});

afterAll(() => db[Symbol.asyncDispose]());

/** Each test has an empty database, and a folder with this service's migrations that it may change. */
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'showrunner-migrations-'));
  await cp(migrationsDir, dir, { recursive: true });
  await db.sql('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  client = db.url === undefined ? undefined : new pg.Client({ connectionString: db.url });
  await client?.connect();
  const query = async (text: string, values?: unknown[]) =>
    client === undefined ? db.sql(text, values ?? []) : (await client.query(text, values)).rows;
  const exec = async (script: string) => void (await (client?.query(script) ?? db.sql(script)));
  session = { query, exec };
});

afterEach(async () => {
  await client?.end();
  await rm(dir, { recursive: true, force: true });
});

const run = () => migrate(session, { dir, log: silentLog });
const names = async () => (await readdir(dir)).filter((name) => /^\d/.test(name)).sort();
const recorded = () => db.sql('SELECT * FROM _prisma_migrations ORDER BY migration_name');

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(dir, name), { recursive: true });
  await writeFile(join(dir, name, 'migration.sql'), sql);
}

test('every migration is applied in order and recorded as Prisma does', async () => {
  await run();
  const rows = await recorded();
  expect(rows.map((row) => row['migration_name'])).toEqual(await names());
  for (const row of rows) {
    const file = await readFile(join(dir, String(row['migration_name']), 'migration.sql'));
    expect(row).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      checksum: createHash('sha256').update(file).digest('hex'),
      finished_at: expect.any(Date),
      migration_name: expect.any(String),
      logs: null,
      rolled_back_at: null,
      started_at: expect.any(Date),
      applied_steps_count: 1,
    });
    expect(Number(row['finished_at'])).toBeGreaterThanOrEqual(Number(row['started_at']));
  }
});

test('the table of migrations is the one that Prisma makes', async () => {
  await run();
  const columns = await db.sql(
    `SELECT column_name || ' ' || data_type || coalesce('(' || character_maximum_length || ')', '')
       || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END
       || coalesce(' DEFAULT ' || column_default, '') AS it
     FROM information_schema.columns WHERE table_name = '_prisma_migrations' ORDER BY ordinal_position`,
  );
  // As in schema-engine/connectors/sql-schema-connector/src/flavour/postgres of prisma-engines.
  expect(columns.map(({ it }) => it)).toEqual([
    'id character varying(36) NOT NULL',
    'checksum character varying(64) NOT NULL',
    'finished_at timestamp with time zone',
    'migration_name character varying(255) NOT NULL',
    'logs text',
    'rolled_back_at timestamp with time zone',
    'started_at timestamp with time zone NOT NULL DEFAULT now()',
    'applied_steps_count integer NOT NULL DEFAULT 0',
  ]);
});

test('a second run changes nothing', async () => {
  await run();
  const before = await recorded();
  await run();
  expect(await recorded()).toEqual(before);
});

test('a migration that is new and sorts last is applied', async () => {
  await run();
  await addMigration('29990101000000_add_thing', 'CREATE TABLE thing (id int); INSERT INTO thing VALUES (1);');
  await run();
  expect(await db.sql('SELECT * FROM thing')).toEqual([{ id: 1 }]);
});

test('what was published before has its captions once their address is known, and is no newer for that', async () => {
  for (const name of (await names()).filter((each) => each >= '20261126000000')) {
    await rm(join(dir, name), { recursive: true });
  }
  await run();
  const batchId = crypto.randomUUID();
  await session.query(`INSERT INTO batches (id, name, gemini_model) VALUES ($1, 'b', 'm')`, [batchId]);
  const urls = ['/library/x/video.mp4', 'https://elsewhere.example/video.mp4', null];
  for (const [position, url] of urls.entries()) {
    await session.query(
      `INSERT INTO projects (id, batch_id, position, name, content, gemini_model, video_url)
       VALUES (gen_random_uuid(), $1, $2, 'p', 'c', 'm', $3)`,
      [batchId, position, url],
    );
  }
  const [before] = await db.sql('SELECT version FROM batches');
  await cp(migrationsDir, dir, { recursive: true });
  await run();
  expect(await db.sql('SELECT version, captions_url FROM projects ORDER BY position')).toEqual([
    { version: 1, captions_url: '/library/x/captions.vtt' },
    { version: 1, captions_url: null },
    { version: 1, captions_url: null },
  ]);
  expect(await db.sql('SELECT version FROM batches')).toEqual([before]);
});

test("what was made before batches had owners is nobody's, and its keys still stand for it", async () => {
  for (const name of (await names()).filter((each) => each >= '20261126000200')) {
    await rm(join(dir, name), { recursive: true });
  }
  await run();
  const insert = `INSERT INTO batches (id, name, gemini_model, idempotency_key) VALUES (gen_random_uuid(), 'b', 'm', 'key')`;
  await session.query(insert);
  await session.query(insert.replace(`'key'`, 'NULL'));
  const [before] = await db.sql('SELECT sum(version)::int AS versions, count(*)::int AS batches FROM batches');
  await cp(migrationsDir, dir, { recursive: true });
  await run();
  expect(await db.sql('SELECT sum(version)::int AS versions, count(*)::int AS batches FROM batches')).toEqual([before]);
  expect(await db.sql('SELECT DISTINCT owner FROM batches')).toEqual([{ owner: '' }]);
  expect(await db.sql(`${insert} ON CONFLICT DO NOTHING RETURNING id`)).toEqual([]);
});

test('a migration that was changed after it was applied stops the start', async () => {
  await run();
  const [first = ''] = await names();
  await addMigration(first, 'SELECT 1;');
  await expect(run()).rejects.toThrow(`Migration ${first} was changed after it had been applied`);
});

test('other line ends are no change', async () => {
  await run();
  const [first = ''] = await names();
  const sql = await readFile(join(dir, first, 'migration.sql'), 'utf8');
  await addMigration(first, sql.replaceAll('\n', '\r\n'));
  await run();
});

test('an applied migration whose folder is missing stops the start', async () => {
  await run();
  const [first = ''] = await names();
  await rm(join(dir, first), { recursive: true });
  await expect(run()).rejects.toThrow(`Migration ${first} has been applied to the database, but its folder is missing`);
});

test('a migration that was begun and never finished stops the start', async () => {
  await run();
  const last = (await names()).at(-1);
  await db.sql('UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = $1', [last]);
  await expect(run()).rejects.toThrow(`Migration ${last} was begun and never finished`);
});

test('a migration that was marked as rolled back is applied again', async () => {
  const name = '29990101000000_add_thing';
  await run();
  await db.sql(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, rolled_back_at) VALUES ('x', 'y', $1, now())`,
    [name],
  );
  await addMigration(name, 'CREATE TABLE thing (id int);');
  await run();
  expect(await db.sql('SELECT * FROM thing')).toEqual([]);
});

test('a new migration that sorts before an applied one stops the start', async () => {
  await run();
  const last = (await names()).at(-1);
  await addMigration('20000101000000_too_late', 'SELECT 1;');
  await expect(run()).rejects.toThrow(`Migration 20000101000000_too_late is new, but sorts before ${last}`);
});

test('a folder without its file stops the start', async () => {
  await mkdir(join(dir, '29990101000000_empty'));
  await expect(run()).rejects.toThrow("Migration 29990101000000_empty can't be read");
});

test('a folder of migrations that is not there stops the start', async () => {
  await rename(dir, `${dir}-elsewhere`);
  await expect(run()).rejects.toThrow("The migrations can't be read");
  await rename(`${dir}-elsewhere`, dir);
});

test('a migration that fails leaves nothing of itself, and the error says which and why', async () => {
  await addMigration('29990101000000_broken', 'CREATE TABLE thing (id int); SELECT * FROM nowhere;');
  await expect(run()).rejects.toThrow('Migration 29990101000000_broken failed: relation "nowhere" does not exist');
  expect((await recorded()).map((row) => row['migration_name'])).toEqual((await names()).slice(0, -1));
  expect(await db.sql(`SELECT to_regclass('thing') AS it`)).toEqual([{ it: null }]);
  await addMigration('29990101000000_broken', 'CREATE TABLE thing (id int);');
  await run();
});

test('a process that is killed in the middle leaves nothing half applied', async () => {
  const dataDir = `${dir}-data`;
  const slow = '29990101000000_slow';
  await addMigration(slow, 'CREATE TABLE thing (id int); SELECT pg_sleep(3);');
  {
    await using child = startProcess({ dataDir, url: db.url, migrationsDir: dir });
    // The slow one is next.
    await child.told(/migration applied: .*derive_state/);
  }
  await addMigration(slow, 'CREATE TABLE thing (id int);');
  await using child = startProcess({ dataDir, url: db.url, migrationsDir: dir });
  await child.told(/migration applied: .*slow/);
  await child.told(/^open$/);
  await rm(dataDir, { recursive: true, force: true });
});

if (process.env['TEST_DATABASE_URL']) {
  test('processes that start at the same time on an empty database all come up', async () => {
    const url = db.url ?? '';
    const opened = await Promise.all([1, 2, 3, 4].map(() => openPostgres({ url, poolSize: 2 })));
    expect(await Promise.all(opened.map((each) => each.ping(1_000)))).toEqual([true, true, true, true]);
    expect(await recorded()).toHaveLength((await names()).length);
    await Promise.all(opened.map((each) => each[Symbol.asyncDispose]()));
  });
}
