import type { Database } from '../../src/database/database.ts';
import { openEmbedded } from '../../src/database/embedded.ts';
import { openPostgres } from '../../src/database/postgres.ts';
import { type Driver, pgliteDriver, postgresDriver } from './driver.ts';
import type { Place } from './place.ts';

/** A database as the service opens it, and the bare driver to the same data. */
export interface Opened extends AsyncDisposable {
  readonly database: Database;
  readonly driver: Driver;
}

/** How a place is opened. */
export interface OpenPlaceOptions {
  /** Connections of the bare driver, on PostgreSQL; 1 unless told otherwise. */
  connections?: number;
  /** As of the service. */
  operationTimeoutMs?: number | undefined;
}

/** Opens the database of a place in this process, migrated. */
export async function openPlace(
  { dataDir, databaseUrl }: Pick<Place, 'dataDir' | 'databaseUrl'>,
  { connections = 1, operationTimeoutMs }: OpenPlaceOptions = {},
): Promise<Opened> {
  if (databaseUrl === undefined) {
    const database = await openEmbedded({ dataDir });
    return {
      database,
      driver: pgliteDriver(database.pglite),
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    };
  }
  const database = await openPostgres({ url: databaseUrl, operationTimeoutMs });
  const driver = postgresDriver(databaseUrl, connections);
  return {
    database,
    driver,
    async [Symbol.asyncDispose]() {
      await driver[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}
