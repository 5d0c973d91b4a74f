import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openAuthenticator } from '../../src/auth/authenticator.ts';
import { findProjectOwner } from '../../src/batches/owner.ts';
import type { Config } from '../../src/config.ts';
import type { Database } from '../../src/database/database.ts';
import { readSigningKey } from '../../src/database/signing-key.ts';
import { isTimedOut, isUnavailable } from '../../src/database/sqlstate.ts';
import { openQueue } from '../../src/engine/queue.ts';
import { openFeed } from '../../src/feed/feed.ts';
import { DASHBOARD_DIR, GRAPHIQL_DIR } from '../../src/http/built.ts';
import { LibraryGrants } from '../../src/http/library-grants.ts';
import { startHttp } from '../../src/http/server.ts';
import type { Log } from '../../src/log.ts';
import { Metrics } from '../../src/metrics/metrics.ts';

/** An API that listens. Disposing of it stops it; the database stays open. */
export interface OpenApi extends AsyncDisposable {
  /** Without a path. */
  readonly url: string;
}

const PING_TIMEOUT_MS = 2_000;

/**
 * Starts all of the service but its engine, as main.ts does: what is measured changes projects
 * itself, and on the embedded database the engine would do so, too.
 */
export async function openApi(config: Config, log: Log, database: Database): Promise<OpenApi> {
  await using starting = new AsyncDisposableStack();
  const queue = starting.use(await openQueue({ database, log, supervise: false }));
  const feed = starting.use(await openFeed({ database, log }));
  const libraryDir = join(config.dataDir, 'library');
  await mkdir(libraryDir, { recursive: true });
  const authenticator = starting.use(await openAuthenticator(config.auth, log));
  const { geminiModels: models, maxProjectsPerBatch: maxProjects, maxBodyBytes } = config;
  const http = starting.use(
    await startHttp({
      metrics: new Metrics().operations,
      host: config.host,
      port: config.port,
      services: {
        database: database.operations,
        queue,
        feed,
        limits: { ...config.limits, models, maxProjects, maxBodyBytes },
        isUnavailable,
        isTimedOut,
        signFileUrl: (url) => url,
      },
      authenticator,
      clientLimits: config.limits,
      allowedHosts: config.access.hosts,
      allowedOrigins: config.access.origins,
      isTrustedProxy: () => false,
      pingDatabase: () => database.ping(PING_TIMEOUT_MS),
      libraryDir,
      libraryGrants: new LibraryGrants(await readSigningKey(database)),
      findOwner: (projectId) => findProjectOwner(database.operations, projectId),
      dashboardDir: DASHBOARD_DIR,
      graphiqlDir: GRAPHIQL_DIR,
      log,
    }),
  );
  const running = starting.move();
  return { url: http.url, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
