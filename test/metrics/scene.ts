import { readBacklog } from '../../src/batches/backlog.ts';
import type { EngineOptions } from '../../src/engine/engine.ts';
import { openQueue } from '../../src/engine/queue.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { createTestDatabase } from '../helpers/database.ts';
import { startTestEngine, testLog } from '../helpers/engine.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../helpers/server.ts';
import { type Exposition, scrape } from './exposition.ts';

/** A server and a worker that keep figures together. */
export interface MeasuredService extends AsyncDisposable {
  readonly server: TestServer;
  readonly metrics: Metrics;
  /** Its figures, over HTTP. */
  scrape(): Promise<Exposition>;
}

/** Starts them as the service does: the figures at /metrics, the backlog read anew for each scrape. */
export async function startMeasured(
  studio: EngineOptions['studio'],
  engine: Partial<EngineOptions> = {},
  options: TestServerOptions = {},
): Promise<MeasuredService> {
  await using stack = new AsyncDisposableStack();
  const testDatabase = stack.use(await createTestDatabase());
  const { database } = testDatabase;
  const queue = stack.use(await openQueue({ database, log: testLog, supervise: true }));
  const metrics = new Metrics();
  metrics.showBacklog({ read: () => readBacklog(database), keepMs: 0, timeoutMs: 20_000 });
  metrics.showPools(database.pools && (() => database.pools?.() ?? []));
  const server = stack.use(
    await startTestServer({
      ...options,
      testDatabase,
      queue: () => queue,
      http: { metrics: metrics.operations, metricsText: metrics, ...options.http },
    }),
  );
  metrics.showClients({ subscribers: () => server.feed.subscribers, connections: () => server.http.connections() });
  stack.use(await startTestEngine(database, queue, studio, { metrics: metrics.stages, ...engine }));
  const running = stack.move();
  return {
    server,
    metrics,
    scrape: () => scrape(`${server.url}/metrics`),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
