import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/database/database.ts';
import { openEmbedded } from '../../src/database/embedded.ts';
import { DatabaseLockedError, DataDirError, MigrationError } from '../../src/database/errors.ts';
import { startProcess } from './children.ts';

/** A database that was opened and closed once, to copy: making one takes seconds. */
let made: string;
let root: string;
let dataDir: string;

beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'showrunner-made-'));
  await (await openDatabase({ dataDir: made }))[Symbol.asyncDispose]();
});

afterAll(() => rm(made, { recursive: true, force: true }));

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'showrunner-embedded-'));
  dataDir = join(root, 'made', 'for', 'it');
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

test('what was written is there when the folder is opened again', async () => {
  const id = crypto.randomUUID();
  {
    await using database = await openDatabase({ dataDir });
    expect(database.backend).toBe('pglite');
    await database.prisma.batch.create({ data: { id, name: 'kept', geminiModel: 'model' } });
  }
  expect(await readdir(dataDir)).toEqual(['database']);
  // Nobody but the user that the service runs as reads what is in it.
  expect((await stat(join(dataDir, 'database'))).mode & 0o777).toBe(0o700);
  await using database = await openDatabase({ dataDir });
  expect(await database.prisma.batch.findMany()).toMatchObject([{ id, name: 'kept' }]);
});

test('a folder that another process has open is refused, and opens once that process is killed', async () => {
  await cp(made, dataDir, { recursive: true });
  const child = startProcess({ dataDir });
  await child.told(/^open$/);
  await expect(openDatabase({ dataDir })).rejects.toThrow(
    new RegExp(`in use by process ${child.process.pid} on .* since .*open-child\\.ts`),
  );
  await child[Symbol.asyncDispose]();
  await using database = await openDatabase({ dataDir });
  expect(await database.ping(1_000)).toBe(true);
});

test('a folder is not opened twice in one process', async () => {
  await cp(made, dataDir, { recursive: true });
  await using _database = await openDatabase({ dataDir });
  await expect(openDatabase({ dataDir })).rejects.toThrow(DatabaseLockedError);
});

test('a process that is killed while it makes the database leaves no half of one', async () => {
  for (const sign of ['database.new/base', 'database.new/global', 'database/PG_VERSION']) {
    await using _child = startProcess({ dataDir });
    await vi.waitFor(() => expect(existsSync(join(dataDir, sign))).toBe(true), { timeout: 20_000, interval: 1 });
  }
  await using database = await openDatabase({ dataDir });
  expect(await database.prisma.batch.count()).toBe(0);
  expect((await readdir(dataDir)).sort()).toEqual(['database', 'database.lock']);
});

test('once it is closed, nothing keeps the process', async () => {
  await cp(made, dataDir, { recursive: true });
  await using child = startProcess({ dataDir });
  await child.told(/^open$/);
  child.process.send('close');
  expect(await child.exited).toBe(0);
});

test('an unwritable data folder is named, with the reason', async () => {
  const file = join(root, 'file');
  await writeFile(file, '');
  const inFile = join(file, 'data');
  await expect(openDatabase({ dataDir: inFile })).rejects.toThrow(DataDirError);
  await expect(openDatabase({ dataDir: inFile })).rejects.toThrow(
    `The data folder ${inFile} can't be written: ENOTDIR`,
  );
  // There is no such folder, and nothing that would refuse to make one.
  await expect(openDatabase({ dataDir: '/proc/nope/deeper' })).rejects.toThrow(
    "The data folder /proc/nope/deeper can't be written: ENOENT",
  );
});

test("a database that can't be opened is named, and the lock let go", async () => {
  await cp(made, dataDir, { recursive: true });
  const dir = join(dataDir, 'database');
  await rm(join(dir, 'global'), { recursive: true });
  await expect(openDatabase({ dataDir })).rejects.toThrow(`The embedded database in ${dir} can't be opened`);
  expect(existsSync(join(dataDir, 'database.lock'))).toBe(false);
});

test('migrations that do not fit are refused as such, and the lock let go', async () => {
  await cp(made, dataDir, { recursive: true });
  await expect(openEmbedded({ dataDir, migrationsDir: join(root, 'nowhere') })).rejects.toThrow(MigrationError);
  expect(existsSync(join(dataDir, 'database.lock'))).toBe(false);
});

test('the lock is held until the database is closed, and closing twice does nothing more', async () => {
  await cp(made, dataDir, { recursive: true });
  const database = await openDatabase({ dataDir });
  const { pid } = JSON.parse(await readFile(join(dataDir, 'database.lock'), 'utf8'));
  expect(pid).toBe(process.pid);
  const closing = [database[Symbol.asyncDispose](), database[Symbol.asyncDispose]()];
  await Promise.all(closing);
  expect(existsSync(join(dataDir, 'database.lock'))).toBe(false);
});
