import pg from 'pg';
import type { Db } from 'pg-boss';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { Access, SqlTransaction } from './access.ts';
import { DatabaseUnreachableError, DatabaseVersionError, reasonOf } from './errors.ts';
import { Listener } from './listener.ts';
import { type DatabaseLog, silentLog } from './log.ts';
import { migrate } from './migrate.ts';
import { accessOver } from './pool-access.ts';
import { type PoolState, poolStateOf } from './pool-state.ts';
import { configFor, type Purpose, parseServerAddress, type ServerAddress, Sockets } from './server-address.ts';
import type { Statement } from './statement.ts';
import { within } from './within.ts';

/** How a PostgreSQL database is reached. */
export interface PostgresOptions {
  url: string;
  /** Connections that Prisma and the queue share, and as many for `operations`; 10 unless told otherwise. */
  poolSize?: number | undefined;
  /** How long one statement of an operation may take; as long as it needs unless told otherwise. */
  operationTimeoutMs?: number | undefined;
  /** The migrations; those of this service unless told otherwise. */
  migrationsDir?: string | undefined;
  log?: DatabaseLog | undefined;
}

const DEFAULT_POOL_SIZE = 10;
const MIN_SERVER_VERSION = 14;
const CLOSE_MS = 5_000;
/**
 * The server ends a session that holds a transaction open and says nothing for so long: a process
 * that was stopped, or whose machine has gone, would keep others from the rows that it has locked.
 */
const IDLE_IN_TRANSACTION_MS = 10_000;
/** A statement may begin with its operation: the clock of the operation is to be the first that says so. */
const STATEMENT_MARGIN_MS = 100;

/**
 * Connects to a PostgreSQL database and migrates it. Throws DatabaseUnreachableError,
 * DatabaseVersionError or MigrationError.
 */
export async function openPostgres(options: PostgresOptions): Promise<PostgresDatabase> {
  const { url, migrationsDir, ...rest } = options;
  const database = new PostgresDatabase(parseServerAddress(url), rest);
  try {
    await database.migrate(migrationsDir);
    return database;
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

/** A Database on PostgreSQL; see database.ts. */
export class PostgresDatabase {
  readonly backend = 'postgres';
  readonly operations: Access;
  readonly queueDatabase: Db;
  readonly #address: ServerAddress;
  readonly #log: DatabaseLog;
  readonly #sockets = new Sockets();
  readonly #pool: pg.Pool;
  readonly #access: Access;
  readonly #operationsPool: pg.Pool;
  readonly #listener: Listener;
  #closing: Promise<void> | undefined;

  constructor(address: ServerAddress, options: Pick<PostgresOptions, 'poolSize' | 'operationTimeoutMs' | 'log'>) {
    const { poolSize = DEFAULT_POOL_SIZE, operationTimeoutMs, log = silentLog } = options;
    this.#address = address;
    this.#log = log;
    this.#pool = this.#openPool('work', { max: poolSize });
    // Neither the engine nor a migration may be cut off, and none of them waits for connections that operations hold.
    this.#operationsPool = this.#openPool('operations', {
      max: poolSize,
      ...(operationTimeoutMs !== undefined && { statement_timeout: operationTimeoutMs + STATEMENT_MARGIN_MS }),
    });
    this.#listener = new Listener(configFor(address, 'listen'), log);
    this.#access = accessOver(this.#pool);
    this.operations = accessOver(this.#operationsPool);
    this.queueDatabase = {
      executeSql: (text, values) => this.#pool.query(text, values),
      listen: async (channel, onNotification, onReconnect) => {
        const heard = await this.listen(channel, onNotification, onReconnect);
        onReconnect();
        return { close: async () => heard[Symbol.asyncDispose]() };
      },
    };
  }

  get prisma(): PrismaClient {
    return this.#access.prisma;
  }

  /** Connections are made when they are needed. */
  #openPool(purpose: Purpose, config: pg.PoolConfig): pg.Pool {
    const pool = new pg.Pool({
      ...configFor(this.#address, purpose),
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      ...config,
      stream: this.#sockets.make,
    });
    pool.on('error', (error) => {
      this.#log.warn({ err: error }, `an idle connection to the database was lost: ${reasonOf(error)}`);
    });
    // The pool watches its idle connections only, and an error that nobody hears ends the process.
    pool.on('connect', (client) => client.on('error', () => {}));
    return pool;
  }

  /** Checks the server and applies what migrations are due. */
  async migrate(migrationsDir: string | undefined): Promise<void> {
    const { label } = this.#address;
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw new DatabaseUnreachableError(`The database ${label} can't be reached: ${reasonOf(error)}`, {
        cause: error,
      });
    });
    try {
      const {
        rows: [version],
      } = await client.query<{ num: number; name: string }>(
        `SELECT current_setting('server_version_num')::int AS num, current_setting('server_version') AS name`,
      );
      if (version === undefined || version.num < MIN_SERVER_VERSION * 10_000) {
        throw new DatabaseVersionError(
          `The database ${label} is PostgreSQL ${version?.name}; ${MIN_SERVER_VERSION} or later is needed`,
        );
      }
      await migrate(
        {
          exec: async (script) => void (await client.query(script)),
          query: async (text, values) => (await client.query<Record<string, unknown>>(text, values)).rows,
        },
        { dir: migrationsDir, log: this.#log },
      );
    } finally {
      client.release();
    }
  }

  query<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    return this.#access.query(statement, values);
  }

  transaction<Result>(body: (tx: SqlTransaction) => Promise<Result>): Promise<Result> {
    return this.#access.transaction(body);
  }

  listen(channel: string, onNotification: (payload: string) => void, onGap: () => void): Promise<AsyncDisposable> {
    return this.#listener.listen(channel, onNotification, onGap);
  }

  pools(): readonly PoolState[] {
    return [poolStateOf('main', this.#pool), poolStateOf('operations', this.#operationsPool)];
  }

  async ping(timeoutMs: number): Promise<boolean> {
    const late = new AbortController();
    const answer = this.#ask(late.signal).catch(() => false);
    return within(timeoutMs, answer, () => {
      late.abort();
      return false;
    });
  }

  /** A connection that lay idle may be dead without a word: then another is asked. */
  async #ask(late: AbortSignal): Promise<boolean> {
    for (let tries = 0; tries <= this.#pool.options.max && !late.aborted; tries++) {
      const answer = await takesWrites(await this.#pool.connect(), late);
      if (answer !== undefined) {
        return answer;
      }
    }
    return false;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#listener[Symbol.asyncDispose]();
    const closed = Promise.all([
      this.prisma.$disconnect().then(() => this.#pool.end()),
      this.operations.prisma.$disconnect().then(() => this.#operationsPool.end()),
    ]);
    // A server that has gone silent must not keep the process from ending.
    await within(CLOSE_MS, closed, () => {
      this.#sockets.destroyAll();
      return closed;
    });
  }
}

/**
 * Whether the server takes writes: a standby, or one that was made read-only, answers and is of no
 * use. Undefined where there is no answer. Cuts the connection where it is late, lest silent ones
 * fill the pool.
 */
async function takesWrites(client: pg.PoolClient, late: AbortSignal): Promise<boolean | undefined> {
  // With a query under way this cuts the connection at once, and the query rejects.
  const cut = () => void client.end();
  if (late.aborted) {
    client.release();
    return undefined;
  }
  late.addEventListener('abort', cut);
  try {
    const { rows } = await client.query<{ transaction_read_only: string }>('SHOW transaction_read_only');
    client.release();
    return rows[0]?.transaction_read_only !== 'on';
  } catch {
    client.release(true);
    return undefined;
  } finally {
    late.removeEventListener('abort', cut);
  }
}
