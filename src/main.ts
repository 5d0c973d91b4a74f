import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openAuthenticator } from './auth/authenticator.ts';
import { readBacklog } from './batches/backlog.ts';
import { findProjectOwner } from './batches/owner.ts';
import { type Config, parseConfig } from './config.ts';
import { ensureWritableDir } from './database/data-dir.ts';
import { type Database, openDatabase } from './database/database.ts';
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
import { type MetricsServer, startMetricsServer } from './http/metrics.ts';
import { METRICS_PATH } from './http/paths.ts';
import { startHttp } from './http/server.ts';
import { createLog, type Log } from './log.ts';
import { Metrics } from './metrics/metrics.ts';
import { STAGES } from './studio/stage.ts';
import { createLocalStudio } from './studio/studio.ts';

/** A running service. Disposing of it stops it in order: no new work, streams end, stages get their grace. */
export interface Service extends AsyncDisposable {
  /** Where the API listens, without a path; undefined for a worker. */
  readonly url: string | undefined;
  /** Where Prometheus reads the figures, with the path; undefined where they are not served. */
  readonly metricsUrl: string | undefined;
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
  if (config.tracing !== undefined) {
    const { startTracing } = await import('./tracing/start.ts');
    starting.use(startTracing(config.tracing, log));
  }
  const authenticator = starting.use(await openAuthenticator(config.auth, log));
  const database = starting.use(await openDatabase({ dataDir, databaseUrl, operationTimeoutMs, log }));
  const works = role !== 'api';
  const hasOwnPort = config.metrics.port !== undefined;
  // Figures that nobody can read are not kept.
  const metrics = role !== 'worker' || hasOwnPort ? figuresOf(database) : undefined;
  const queue = starting.use(await openQueue({ database, log, supervise: works }));
  // The two that face outwards stop together, before all that they stand on.
  const outward: AsyncDisposable[] = [];
  starting.defer(async () => {
    await Promise.all(outward.map((each) => each[Symbol.asyncDispose]()));
  });
  if (works) {
    metrics?.stages.expect(STAGES);
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
        metrics: metrics?.stages,
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
        database: database.operations,
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
      findOwner: (projectId) => findProjectOwner(database.operations, projectId),
      dashboardDir: DASHBOARD_DIR,
      graphiqlDir: GRAPHIQL_DIR,
      metrics: metrics?.operations,
      metricsText: hasOwnPort ? undefined : metrics,
      log,
    });
    outward.push(http);
    url = http.url;
    metrics?.showClients({ subscribers: () => feed.subscribers, connections: () => http.connections() });
  }
  const metricsServer = metrics && starting.use(await serveFigures(config.metrics, metrics, log));
  const metricsOrigin = metricsServer?.url ?? url;
  const metricsUrl = metricsOrigin && `${metricsOrigin}${METRICS_PATH}`;
  const running = starting.move();
  return { url, metricsUrl, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Figures that begin with what the database says. */
function figuresOf(database: Database): Metrics {
  const metrics = new Metrics();
  metrics.showBacklog({ read: () => readBacklog(database) });
  metrics.showPools(database.pools && (() => database.pools?.() ?? []));
  return metrics;
}

/** Serves figures on a port of their own; undefined where they have none. */
async function serveFigures(
  { port, host, hosts: allowedHosts }: Config['metrics'],
  metricsText: Metrics,
  log: Log,
): Promise<MetricsServer | undefined> {
  return port === undefined ? undefined : startMetricsServer({ host, port, allowedHosts, metricsText, log });
}

/** What a person who starts the service wants to know. */
function greeting({ url, metricsUrl }: Service, { dataDir, role }: Config): string {
  if (url === undefined) {
    const metrics = metricsUrl === undefined ? '' : `  Metrics    ${metricsUrl}\n`;
    return `Showrunner works (role ${role}). Stop it with Ctrl-C.\n${metrics}`;
  }
  return [
    'Showrunner is ready. Stop it with Ctrl-C.',
    `  Dashboard  ${url}/`,
    `  GraphiQL   ${url}/graphql`,
    `  Health     ${url}/health/ready`,
    `  Metrics    ${metricsUrl}`,
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
