import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import pg from 'pg';
import { inject } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { openPglite } from '../../src/database/pglite.ts';
import { openPostgres } from '../../src/database/postgres.ts';
// For the type that it gives to inject('template').
import type {} from './global-setup.ts';

/** A row of a plain SQL statement. */
export type Row = Record<string, unknown>;

/** A migrated, empty database of a test's own. Disposing of it drops it. */
export interface TestDatabase extends AsyncDisposable {
  readonly backend: Database['backend'];
  readonly database: Database;
  /** Where it is reached; undefined on PGlite. */
  readonly url: string | undefined;
  /** Runs plain SQL, as psql would: over a connection of its own (on PGlite: its only session). */
  sql(text: string, values?: unknown[]): Promise<Row[]>;
  /**
   * The database as another process would have it. On PGlite, which only one process can have
   * open, this is the same instance, and disposing of it does nothing.
   */
  openAnother(): Promise<Database>;
}

/** Which database this run of the tests is on. */
export const testBackend: Database['backend'] = inject('template').backend;

/** Makes a fresh database for a test, on PostgreSQL where TEST_DATABASE_URL is set, else on PGlite. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = inject('template');
  if (template.backend === 'pglite') {
    return createOnPglite(template.tarball);
  }
  const name = `${template.prefix}${randomUUID().slice(0, 8)}`;
  return createOnPostgres(template.serverUrl, template.template, name);
}

async function createOnPglite(tarball: string): Promise<TestDatabase> {
  const database = await openPglite({ from: await openAsBlob(tarball) });
  return {
    backend: 'pglite',
    database,
    url: undefined,
    async sql(text, values) {
      if (values !== undefined) {
        return (await database.pglite.query<Row>(text, values)).rows;
      }
      const results = await database.pglite.exec(text);
      return results.at(-1)?.rows ?? [];
    },
    openAnother: async () => ({
      backend: 'pglite',
      prisma: database.prisma,
      operations: database.operations,
      queueDatabase: database.queueDatabase,
      query: (statement, values) => database.query(statement, values),
      transaction: (body) => database.transaction(body),
      listen: (...args) => database.listen(...args),
      ping: (timeoutMs) => database.ping(timeoutMs),
      async [Symbol.asyncDispose]() {},
    }),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

async function createOnPostgres(serverUrl: string, template: string, name: string): Promise<TestDatabase> {
  const location = new URL(serverUrl);
  location.pathname = `/${name}`;
  const url = location.href;
  const server = new pg.Pool({ connectionString: serverUrl, max: 1 });
  await server.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  const database = await openPostgres({ url });
  // What a test does to the server (drop it, kill connections) is no error of this pool's.
  const plain = new pg.Pool({ connectionString: url, max: 4 });
  plain.on('error', () => {});
  return {
    backend: 'postgres',
    database,
    url,
    async sql(text, values) {
      // A script gives one result per statement, though the types do not say so.
      const result: pg.QueryResult<Row> | pg.QueryResult<Row>[] = await plain.query<Row>(text, values);
      return Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows;
    },
    openAnother: () => openPostgres({ url }),
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await plain.end();
      await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await server.end();
    },
  };
}
