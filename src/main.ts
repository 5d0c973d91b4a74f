import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openAuthenticator } from './auth/authenticator.ts';
import { findProjectOwner } from './batches/owner.ts';
import { type Config, parseConfig } from './config.ts';
import { ensureWritableDir } from './database/data-dir.ts';
import { openDatabase } from './database/database.ts';
import { readSigningKey } from './database/signing-key.ts';
import { isTimedOut, isUnavailable } from './database/sqlstate.ts';
import { startEngine } from './engine/engine.ts';
import { openQueue } from './engine/queue.ts';
import { StartError } from './errors.ts';
import { openFeed } from './feed/feed.ts';
import { DASHBOARD_DIR, GRAPHIQL_DIR } from './http/built.ts';
import { parseTrustedProxies } from './http/client-address.ts';
import { loadTrustedDocuments } from './http/document-manifest.ts';
import { LibraryGrants } from './http/library-grants.ts';
import { startHttp } from './http/server.ts';
import { createLog, type Log } from './log.ts';
import { createLocalStudio } from './studio/studio.ts';

/** A running service. Disposing of it stops it in order: no new work, streams end, stages get their grace. */
export interface Service extends AsyncDisposable {
  /** Where the API listens, without a path; undefined for a worker. */
  readonly url: string | undefined;
}

/** A database that takes longer than this is not ready. */
const PING_TIMEOUT_MS = 2_000;
/** How long what is left when everything has stopped may take to end. */
const LEFTOVER_MS = 1_000;

/** Starts what the configuration asks for. Throws StartError. */
export async function startService(config: Config, log: Log): Promise<Service> {
  const { dataDir, databaseUrl, role, access } = config;
  const { operationTimeoutMs } = config.limits;
  const isTrustedProxy = parseTrustedProxies(access.trustedProxies);
  const trustedDocuments =
    config.trustedDocuments === undefined
      ? undefined
      : await loadTrustedDocuments(config.trustedDocuments, config.limits);
  // The videos go there also where the database is elsewhere.
  await ensureWritableDir(dataDir);
  await using starting = new AsyncDisposableStack();
  const authenticator = starting.use(await openAuthenticator(config.auth, log));
  const database = starting.use(await openDatabase({ dataDir, databaseUrl, operationTimeoutMs, log }));
  const works = role !== 'api';
  const queue = starting.use(await openQueue({ database, log, supervise: works }));
  // The two that face outwards stop together, before all that they stand on.
  const outward: AsyncDisposable[] = [];
  starting.defer(async () => {
    await Promise.all(outward.map((each) => each[Symbol.asyncDispose]()));
  });
  if (works) {
    outward.push(
      await startEngine({
        database,
        queue,
        studio: createLocalStudio({ dataDir }),
        log,
        concurrency: config.workerConcurrency,
        stageTries: config.stageTries,
        stageTimeoutMs: config.stageTimeoutMs,
        eventRetentionDays: config.eventRetentionDays,
        shutdownGraceMs: config.shutdownGraceMs,
      }),
    );
  }
  let url: string | undefined;
  if (role !== 'worker') {
    const feed = starting.use(await openFeed({ database, log }));
    const libraryDir = join(dataDir, 'library');
    await mkdir(libraryDir, { recursive: true });
    const libraryGrants = new LibraryGrants(await readSigningKey(database));
    const { geminiModels: models, maxProjectsPerBatch: maxProjects, maxBodyBytes } = config;
    const http = await startHttp({
      host: config.host,
      port: config.port,
      services: {
        database: { prisma: database.operations },
        queue,
        feed,
        limits: { ...config.limits, models, maxProjects, maxBodyBytes },
        isUnavailable,
        isTimedOut,
        signFileUrl: (url, principal) => (authenticator.isRequired ? libraryGrants.sign(url, principal) : url),
      },
      authenticator,
      clientLimits: config.limits,
      allowedHosts: access.hosts,
      allowedOrigins: access.origins,
      isTrustedProxy,
      pingDatabase: () => database.ping(PING_TIMEOUT_MS),
      trustedDocuments,
      libraryDir,
      libraryGrants,
      findOwner: (projectId) => findProjectOwner({ prisma: database.operations }, projectId),
      dashboardDir: DASHBOARD_DIR,
      graphiqlDir: GRAPHIQL_DIR,
      log,
    });
    outward.push(http);
    url = http.url;
  }
  const running = starting.move();
  return { url, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** What a person who starts the service wants to know. */
function greeting({ url }: Service, { dataDir, role }: Config): string {
  if (url === undefined) {
    return `Showrunner works (role ${role}). Stop it with Ctrl-C.\n`;
  }
  return [
    'Showrunner is ready. Stop it with Ctrl-C.',
    `  Dashboard  ${url}/`,
    `  GraphiQL   ${url}/graphql`,
    `  Health     ${url}/health/ready`,
    `  Library    ${url}/library/<project id>/video.mp4`,
    `             in ${resolve(dataDir, 'library')}`,
    '',
  ].join('\n');
}

/** Resolves with the first signal that asks the process to stop; the second one ends it at once. */
function stopRequested(): Promise<NodeJS.Signals> {
  return new Promise((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        stop(signal);
      });
    }
  });
}

async function main(): Promise<void> {
  const config = parseConfig(process.env);
  const log = createLog(config.logLevel);
  const stop = stopRequested();
  await using service = await startService(config, log);
  process.stdout.write(greeting(service, config));
  log.info({ signal: await stop }, 'stopping');
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    // Only what an operator can mend is said in a line; a surprise shows where it came from.
    const text = error instanceof StartError ? error.message : error instanceof Error ? error.stack : error;
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  }
  // Fires only where something still holds the process: a stage that hangs and was let go of.
  setTimeout(() => process.exit(), LEFTOVER_MS).unref();
}
