import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Row } from './database.ts';
import { freePort } from './free-port.ts';

/** How the server is told to stop: `fast` cuts its clients off in order, `immediate` is a crash. */
export type StopMode = 'fast' | 'immediate';

/** A PostgreSQL server of a test's own, which may be harmed. Disposing of it stops and removes it. */
export interface Cluster extends AsyncDisposable {
  /** Makes a database that belongs to a plain user, and gives that user's address of it. */
  createDatabase(): Promise<string>;
  /** Runs plain SQL in the database at this address, over a connection of its own. */
  sql(url: string, text: string, values?: unknown[]): Promise<Row[]>;
  /** Runs plain SQL as superuser, outside all databases of tests: for whom the server keeps some connections. */
  adminSql(text: string, values?: unknown[]): Promise<Row[]>;
  /** Resolves once the server is gone. */
  stop(mode: StopMode): Promise<void>;
  /** Starts it again, at the same address; resolves once it answers. */
  start(): Promise<void>;
}

const STOP_SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;
const MADE_BY = '/usr/lib/postgresql';

/** Makes a server as it comes, and starts it. Needs PostgreSQL's programs on this machine. */
export async function createCluster(): Promise<Cluster> {
  await using stack = new AsyncDisposableStack();
  const bin = await findBinaries();
  const owner = await findOwner();
  const dir = await mkdtemp(join(tmpdir(), 'showrunner_cluster_'));
  stack.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  if (owner !== undefined) {
    await chown(dir, owner.uid, owner.gid);
  }
  const data = join(dir, 'data');
  const run = promisify(execFile);
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8'], { ...owner });
  const port = await freePort();
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    // It survives any kill of a process all the same; only a power cut is what it would not.
    fsync: 'off',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const address = `127.0.0.1:${port}`;
  const adminUrl = `postgres://postgres@${address}/postgres`;
  let server: ChildProcess | undefined;
  const cluster: Cluster = {
    async createDatabase() {
      const name = `showrunner_${randomUUID().slice(0, 8)}`;
      await cluster.adminSql(`CREATE ROLE ${name} LOGIN`);
      await cluster.adminSql(`CREATE DATABASE ${name} OWNER ${name}`);
      return `postgres://${name}@${address}/${name}`;
    },
    adminSql: (text, values) => cluster.sql(adminUrl, text, values),
    async sql(url, text, values) {
      const client = new pg.Client({ connectionString: url, application_name: 'test' });
      client.on('error', () => {});
      await client.connect();
      try {
        const result: pg.QueryResult<Row> | pg.QueryResult<Row>[] = await client.query<Row>(text, values);
        return Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows;
      } finally {
        await client.end();
      }
    },
    async stop(mode) {
      if (server !== undefined && server.exitCode === null && server.signalCode === null) {
        const closed = once(server, 'exit');
        server.kill(STOP_SIGNALS[mode]);
        await closed;
      }
    },
    async start() {
      server = spawn(join(bin, 'postgres'), ['-D', data, ...args], { ...owner, stdio: 'ignore' });
      for (let child = server; !(await answers(adminUrl)); ) {
        if (child.exitCode !== null) {
          throw new Error(`PostgreSQL ended with ${child.exitCode} as it was started`);
        }
        await delay(50);
      }
    },
    async [Symbol.asyncDispose]() {
      await made.disposeAsync();
    },
  };
  stack.defer(() => cluster.stop('immediate'));
  await cluster.start();
  const made = stack.move();
  return cluster;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

/** The newest PostgreSQL that is installed, as Debian and Ubuntu lay it out; else what the path has. */
async function findBinaries(): Promise<string> {
  const versions = await readdir(MADE_BY).catch(() => []);
  const newest = versions.sort((a, b) => Number(a) - Number(b)).at(-1);
  return newest === undefined ? '' : join(MADE_BY, newest, 'bin');
}

/** PostgreSQL refuses to run as root: then as the user postgres. */
async function findOwner(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const idOf = async (flag: string) => Number((await promisify(execFile)('id', [flag, 'postgres'])).stdout);
  return { uid: await idOf('-u'), gid: await idOf('-g') };
}
