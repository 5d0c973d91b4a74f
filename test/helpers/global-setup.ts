import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import type { Database } from '../../src/database/database.ts';
import { openPglite } from '../../src/database/pglite.ts';
import { openPostgres } from '../../src/database/postgres.ts';
import { openQueue } from '../../src/engine/queue.ts';
import { createLog } from '../../src/log.ts';

/** What every database of a test starts from, prepared once per run. */
export type TestTemplate =
  | { backend: 'pglite'; tarball: string }
  | { backend: 'postgres'; serverUrl: string; template: string; prefix: string };

declare module 'vitest' {
  interface ProvidedContext {
    template: TestTemplate;
  }
}

/** Whatever a database for tests shall hold besides the migrated, empty tables. */
const preparers: ((database: Database) => Promise<void>)[] = [installQueue];

const PREFIX = 'showrunner_test_';
const LEFTOVER_AGE_S = 24 * 60 * 60;

/** Makes the template of this run; gives what removes it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const serverUrl = process.env['TEST_DATABASE_URL'];
  const made = serverUrl ? await makePostgresTemplate(serverUrl) : await makePgliteTemplate();
  project.provide('template', made.template);
  return made.remove;
}

interface Made {
  template: TestTemplate;
  remove: () => Promise<void>;
}

async function makePgliteTemplate(): Promise<Made> {
  await removeLeftoverDirs();
  const dir = await mkdtemp(join(tmpdir(), PREFIX));
  const remove = () => rm(dir, { recursive: true, force: true });
  try {
    await using database = await openPglite();
    await prepare(database);
    // Not compressed: opening it takes a quarter of the time.
    const dump = await database.pglite.dumpDataDir('none');
    const tarball = join(dir, 'template.tar');
    await writeFile(tarball, dump.stream());
    return { template: { backend: 'pglite', tarball }, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Runs that were killed could not remove what they had made. */
async function removeLeftoverDirs(): Promise<void> {
  for (const name of (await readdir(tmpdir())).filter((each) => each.startsWith(PREFIX))) {
    const dir = join(tmpdir(), name);
    // Another run may remove it meanwhile.
    const mtimeMs = await stat(dir).then(
      (found) => found.mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - mtimeMs > LEFTOVER_AGE_S * 1000) {
      await rm(dir, { recursive: true, force: true });
    }
  }
}

async function makePostgresTemplate(serverUrl: string): Promise<Made> {
  const startedAtS = Math.floor(Date.now() / 1000);
  const prefix = `${PREFIX}${startedAtS}_${randomUUID().slice(0, 8)}_`;
  const template = `${prefix}template`;
  const url = new URL(serverUrl);
  url.pathname = `/${template}`;
  const remove = () => onServer(serverUrl, (server) => dropDatabases(server, (name) => name.startsWith(prefix)));
  await onServer(serverUrl, async (server) => {
    await dropDatabases(server, (name) => startedAtS - stampOf(name) > LEFTOVER_AGE_S);
    await server.query(`CREATE DATABASE ${template}`);
  });
  try {
    await using database = await openPostgres({ url: url.href });
    await prepare(database);
  } catch (error) {
    await remove();
    throw error;
  }
  return { template: { backend: 'postgres', serverUrl, template, prefix }, remove };
}

/** So that pg-boss does not have to make its tables in each test. */
async function installQueue(database: Database): Promise<void> {
  await using _queue = await openQueue({ database, log: createLog('warn'), supervise: false });
}

async function prepare(database: Database): Promise<void> {
  for (const preparer of preparers) {
    await preparer(database);
  }
}

/** When the run that made a database began, in seconds since 1970. */
function stampOf(name: string): number {
  return Number(name.slice(PREFIX.length).split('_')[0]);
}

async function onServer(url: string, body: (server: pg.Client) => Promise<void>): Promise<void> {
  const server = new pg.Client({ connectionString: url });
  await server.connect();
  try {
    await body(server);
  } finally {
    await server.end();
  }
}

/** Drops those databases of tests that are wanted away, with whoever is connected to them. */
async function dropDatabases(server: pg.Client, isUnwanted: (name: string) => boolean) {
  const { rows } = await server.query<{ datname: string }>(
    'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
    [PREFIX],
  );
  for (const { datname } of rows.filter((row) => isUnwanted(row.datname))) {
    await server.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(datname)} WITH (FORCE)`);
  }
}
