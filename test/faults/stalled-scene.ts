// A service, and a thousand subscribers that stop reading, in a network of their own whose buffers
// are small. Prints what came of it as JSON. Run by stalled.faults.ts.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import pg from 'pg';
import { WebSocket } from 'ws';
import { openConnection, type RawMessage, subscribe } from '../conformance/raw-socket.ts';
import { CREATE } from '../graphql/documents.ts';
import { createCluster } from '../helpers/cluster.ts';
import { createTestFolder, type ServiceProcess } from '../helpers/process.ts';
import { askUntilAnswered } from './api.ts';
import { logOf, startRole, urlOf } from './service.ts';
import { openSse } from './sse-socket.ts';
import { SMALL_TEXT } from './workload.ts';

/** What the scene says at its end. */
export interface Outcome {
  /** How much the memory of the service grew by the changes alone, and beside those who do not read. */
  grownBytes: { alone: number; beside: number };
  /** The largest event that there was. */
  eventBytes: number;
  /** The versions that each of those saw who do read, in order. */
  seen: number[][];
  /** How many changes there were while the others did not read. */
  changes: number;
  /** How many subscriptions the service has ended of those that did not read. */
  ended: number;
  exitCode: number | NodeJS.Signals;
}

const [stalledText = '', roundsText = ''] = process.argv.slice(2);
const STALLED = Number(stalledText);
const ROUNDS = Number(roundsText);
const READERS = 5;

/** Changes after which the buffers of the system are full for sure: 256 kB for each connection. */
const FILLING = 60;

const watchOf = (id: string, name: string) =>
  `subscription ${name} { batchProgress(batchId: "${id}") {
    batch { version projects(first: 10) { nodes { content } } } changes { to }
  } }`;

/** A subscriber that reads its first event and then nothing. */
async function stallWebSocket(url: string, id: string): Promise<WebSocket> {
  const raw = await openConnection(url);
  raw.send(subscribe('a', watchOf(id, 'Stalled')));
  await raw.next(({ type }) => type === 'next');
  raw.socket.pause();
  return raw.socket;
}

async function openClient(connectionString: string): Promise<pg.Client & AsyncDisposable> {
  const opened = new pg.Client({ connectionString });
  await opened.connect();
  return Object.assign(opened, { [Symbol.asyncDispose]: () => opened.end() });
}

async function stop(service: ServiceProcess): Promise<number | NodeJS.Signals> {
  service.child.kill('SIGTERM');
  return await service.ended();
}

async function memoryOf(service: ServiceProcess): Promise<number> {
  const before = service.output.stderr.length;
  service.child.kill('SIGUSR2');
  for (;;) {
    const found = /^memory (\d+) bytes$/m.exec(service.output.stderr.slice(before));
    if (found !== null) {
      return Number(found[1]);
    }
    await new Promise((resolve) => service.child.stderr?.once('data', resolve));
  }
}

/** Resolves once so many subscriptions of those who do not read are over, by the log of the service. */
async function ended(service: ServiceProcess, count: number): Promise<number> {
  for (;;) {
    const lines = logOf(service).filter(({ operation }) => operation === 'subscription Stalled');
    if (lines.length >= count) {
      return lines.length;
    }
    await once(service.child.stderr ?? service.child, 'data');
  }
}

async function play(): Promise<Outcome> {
  await using cluster = await createCluster();
  const databaseUrl = await cluster.createDatabase();
  await using folder = await createTestFolder();
  await using service = startRole(
    'api',
    { dataDir: folder.path, databaseUrl },
    {
      NODE_OPTIONS: `--import=${new URL('report-memory.ts', import.meta.url).href}`,
      MAX_CONNECTIONS_PER_CLIENT: '100000',
      MAX_SUBSCRIPTIONS_PER_CLIENT: '100000',
      RATE_LIMIT_PER_MINUTE: '0',
    },
  );
  const url = await urlOf(service);
  const { createBatch } = await askUntilAnswered([url], CREATE, {
    input: {
      name: 'One',
      geminiModel: 'gemini-1.5-flash',
      projects: Array.from({ length: 20 }, (_, at) => ({ name: `Project ${at + 1}`, content: SMALL_TEXT })),
    },
  });
  const id = createBatch.__typename === 'CreateBatchSuccess' ? createBatch.batch.id : '';
  await using client = await openClient(databaseUrl);
  const readers = await Promise.all(Array.from({ length: READERS }, () => openConnection(url)));
  for (const reader of readers) {
    reader.send(subscribe('a', watchOf(id, 'Reading')));
    await reader.next(({ type }) => type === 'next');
  }

  let changed = 0;

  /** Changes a project so many times; each time everybody who reads is told before it goes on. */
  async function change(times: number): Promise<void> {
    for (const until = changed + times; changed < until; changed++) {
      const status = changed % 40 < 20 ? 'RENDERING' : 'ASSETS_GENERATING';
      await client.query('UPDATE projects SET status = $1::project_status WHERE position = $2', [status, changed % 20]);
      await Promise.all(readers.map((reader) => reader.next(({ type }) => type === 'next')));
    }
  }

  await change(ROUNDS);
  const before = await memoryOf(service);
  await change(ROUNDS);
  const alone = (await memoryOf(service)) - before;

  const stalled: (Socket | WebSocket)[] = [];
  for (let at = 0; at < STALLED; at++) {
    stalled.push(at % 2 === 0 ? (await openSse(url, watchOf(id, 'Stalled'))).pause() : await stallWebSocket(url, id));
  }
  // Until nothing more goes to any of them: more than the system keeps for a connection.
  await change(FILLING);
  const full = await memoryOf(service);
  await change(ROUNDS);
  const beside = (await memoryOf(service)) - full;

  const events = readers.map(({ received }) => received.filter(({ type }) => type === 'next'));
  const versionOf = ({ payload }: RawMessage) => Number(/"version":(\d+)/.exec(JSON.stringify(payload))?.[1]);
  const outcome = {
    grownBytes: { alone, beside },
    eventBytes: Math.max(...events.flat().map((event) => JSON.stringify(event).length)),
    seen: events.map((each) => each.map(versionOf)),
    changes: changed,
    ended: await ended(service, STALLED),
    exitCode: await stop(service),
  };
  for (const socket of stalled) {
    if (socket instanceof WebSocket) {
      socket.terminate();
    } else {
      socket.destroy();
    }
  }
  return outcome;
}

process.stdout.write(JSON.stringify(await play()));
