import { Socket } from 'node:net';
import type pg from 'pg';
import { DatabaseUnreachableError } from './errors.ts';

/** How a client connects to the server, and what it may tell of that. */
export interface ServerAddress {
  /** host:port/name, for messages; never the password. */
  label: string;
  /** What pg.Pool and pg.Client take. */
  config: pg.ClientConfig;
}

/** What a connection is for; pg_stat_activity shows it as the application_name of each, `showrunner <purpose>`. */
export type Purpose = 'work' | 'operations' | 'listen';

const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_DELAY_MS = 5_000;

/** Reads a connection string. Throws DatabaseUnreachableError where it is none. */
export function parseServerAddress(databaseUrl: string): ServerAddress {
  const url = URL.parse(databaseUrl);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new DatabaseUnreachableError(
      "The database URL can't be read: expected postgres://user:password@host:port/name",
    );
  }
  // Both of Prisma's adapters take every timestamp for UTC. As an option of the connection it holds
  // from the first statement on, over whatever the role or the database prefers.
  const options = `${url.searchParams.get('options') ?? ''} -c TimeZone=UTC`.trim();
  url.searchParams.set('options', options);
  const host = url.searchParams.get('host') ?? (url.hostname || 'localhost');
  return {
    label: `${host}:${url.port || 5432}${decodeURIComponent(url.pathname)}`,
    config: {
      connectionString: url.href,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    },
  };
}

/** The configuration of a connection, with its purpose; an application_name of the URL goes before. */
export function configFor({ config }: ServerAddress, purpose: Purpose): pg.ClientConfig {
  return { ...config, fallback_application_name: `showrunner ${purpose}` };
}

/** The sockets of connections, kept so that they can be cut where the other end is silent. */
export class Sockets {
  readonly #open = new Set<Socket>();

  /** Makes a socket; what pg takes for its `stream` option. */
  readonly make = (): Socket => {
    const socket = new Socket();
    this.#open.add(socket);
    return socket.once('close', () => this.#open.delete(socket));
  };

  /** Cuts every connection at once. */
  destroyAll(): void {
    for (const socket of this.#open) {
      socket.destroy(new Error('the connection was cut'));
    }
  }
}
