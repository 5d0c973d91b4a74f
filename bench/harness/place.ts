import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Run } from './row.ts';

/** Where one service keeps its data: a folder, and on PostgreSQL an empty database. Disposing of it removes both. */
export interface Place extends AsyncDisposable {
  readonly dataDir: string;
  /** Undefined on PGlite. */
  readonly databaseUrl: string | undefined;
}

const PREFIX = 'showrunner_bench_';
const LEFTOVER_AGE_S = 24 * 60 * 60;

/** Makes a place of its own for a part of a run. */
export async function makePlace({ serverUrl }: Pick<Run, 'serverUrl'>): Promise<Place> {
  await using making = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), PREFIX));
  making.defer(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));
  let databaseUrl: string | undefined;
  if (serverUrl !== undefined) {
    const server = new pg.Client({ connectionString: serverUrl });
    await server.connect();
    making.defer(() => server.end());
    const name = `${PREFIX}${Math.floor(Date.now() / 1_000)}_${randomUUID().slice(0, 8)}`;
    await dropLeftovers(server);
    await server.query(`CREATE DATABASE ${name}`);
    making.defer(async () => void (await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)));
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    databaseUrl = url.href;
  }
  const made = making.move();
  return { dataDir, databaseUrl, [Symbol.asyncDispose]: () => made.disposeAsync() };
}

/** Runs that were killed could not drop what they had made. */
async function dropLeftovers(server: pg.Client): Promise<void> {
  const { rows } = await server.query<{ name: string }>(
    'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
    [PREFIX],
  );
  const oldestS = Date.now() / 1_000 - LEFTOVER_AGE_S;
  for (const { name } of rows.filter((row) => Number(row.name.slice(PREFIX.length).split('_')[0]) < oldestS)) {
    await server.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
  }
}

/** The configuration of a service at a place, as environment variables, with limits that are in no measurement's way. */
export function environmentOf({ dataDir, databaseUrl }: Place): Record<string, string> {
  return {
    PORT: '0',
    LOG_LEVEL: 'error',
    DATA_DIR: dataDir,
    ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl, ROLE: 'api' }),
    RATE_LIMIT_PER_MINUTE: '0',
    MAX_CONNECTIONS_PER_CLIENT: '1000000',
    MAX_SUBSCRIPTIONS_PER_CLIENT: '1000000',
    MAX_SUBSCRIPTIONS: '1000000',
    MAX_BODY_MB: '128',
  };
}
