import { randomBytes, randomUUID } from 'node:crypto';
import { setInterval as every } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { openAuthenticator } from '../src/auth/authenticator.ts';
import { openPglite } from '../src/database/pglite.ts';
import { isTimedOut, isUnavailable } from '../src/database/sqlstate.ts';
import { openFeed } from '../src/feed/feed.ts';
import { DOCUMENT_LIMITS } from '../src/graphql/index.ts';
import { CLIENT_LIMITS } from '../src/http/admission.ts';
import { DASHBOARD_DIR, GRAPHIQL_DIR } from '../src/http/built.ts';
import { LibraryGrants } from '../src/http/library-grants.ts';
import { startHttp } from '../src/http/server.ts';
import { createLog } from '../src/log.ts';
import { openBrowser } from '../test/helpers/browser.ts';
import { createTestFolder } from '../test/helpers/process.ts';

/**
 * How smoothly the table of 10,000 projects scrolls while 50 of them change every second, against the
 * same scrolling in the same page while nothing changes. Run it with: node bench/dashboard.ts
 */
const PROJECTS = 10_000;
const CHANGES_PER_S = 50;
const SECONDS = 10;
const STATUSES = ['SCRIPT_GENERATING', 'ASSETS_GENERATING', 'RENDERING', 'UPLOADING', 'COMPLETED'];

/** Times between frames, in milliseconds. */
interface Frames {
  count: number;
  p50: number;
  p95: number;
  max: number;
}

/** Scrolls down and up again, a little with each frame, and takes the time from one frame to the next. */
function scroll(page: Page, seconds: number): Promise<Frames> {
  return page.evaluate(async (durationMs) => {
    const deltas: number[] = [];
    const startedMs = performance.now();
    let lastMs = startedMs;
    let direction = 1;
    while (performance.now() - startedMs < durationMs) {
      const nowMs = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      deltas.push(nowMs - lastMs);
      lastMs = nowMs;
      direction = window.scrollY > 20_000 ? -1 : window.scrollY < 500 ? 1 : direction;
      window.scrollBy(0, direction * 40);
    }
    const sorted = deltas.slice(1).sort((a, b) => a - b);
    const at = (share: number) => Math.round((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) * 10) / 10;
    return { count: sorted.length, p50: at(0.5), p95: at(0.95), max: at(1) };
  }, seconds * 1_000);
}

await using folder = await createTestFolder();
await using database = await openPglite();
await using feed = await openFeed({ database });
const log = createLog('silent');
const queue = { async enqueue() {}, async enqueueStarted() {}, async withdraw() {} };
await using http = await startHttp({
  host: '127.0.0.1',
  port: 0,
  services: {
    database,
    queue,
    feed,
    limits: {
      ...DOCUMENT_LIMITS,
      models: ['gemini-1.5-flash'],
      maxProjects: PROJECTS,
      maxBodyBytes: 1_000_000,
      maxPageSize: 100,
      operationTimeoutMs: 30_000,
    },
    isUnavailable,
    isTimedOut,
    signFileUrl: (url) => url,
  },
  libraryGrants: new LibraryGrants(randomBytes(32)),
  findOwner: async () => undefined,
  authenticator: await openAuthenticator({ tokens: undefined, jwt: undefined }, log),
  clientLimits: CLIENT_LIMITS,
  allowedHosts: undefined,
  allowedOrigins: [],
  isTrustedProxy: () => false,
  pingDatabase: () => database.ping(1_000),
  libraryDir: folder.path,
  dashboardDir: DASHBOARD_DIR,
  graphiqlDir: GRAPHIQL_DIR,
  log,
});
const batchId = randomUUID();
await database.pglite.query(`INSERT INTO batches (id, name, gemini_model) VALUES ($1, 'Bench', 'gemini-1.5-flash')`, [
  batchId,
]);
const { rows } = await database.pglite.query<{ id: string }>(
  `INSERT INTO projects (id, batch_id, position, name, content, gemini_model)
   SELECT gen_random_uuid(), $1, n - 1, 'Project ' || n, repeat('x', 2000), 'gemini-1.5-flash'
   FROM generate_series(1, $2::int) AS n RETURNING id`,
  [batchId, PROJECTS],
);

await using browser = await openBrowser();
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(`${http.url}/batches/batch_${batchId}`);
await page.locator('tr[data-project]').first().waitFor();
await scroll(page, 3);
const still = await scroll(page, SECONDS);

const over = new AbortController();
let changed = 0;
const changing = (async () => {
  for await (const _tick of every(1_000 / CHANGES_PER_S)) {
    if (over.signal.aborted) {
      return;
    }
    // Half of them among the rows that are scrolled over.
    const index = (changed * 7_919) % (changed % 2 === 0 ? 500 : PROJECTS);
    await database.pglite.query('UPDATE projects SET status = $2::project_status WHERE id = $1', [
      rows[index]?.id,
      STATUSES[changed % STATUSES.length],
    ]);
    changed++;
  }
})();
const moving = await scroll(page, SECONDS);
over.abort();
await changing;

const ratio = (one: number, other: number) => (one / other).toFixed(2);
process.stdout.write(
  `${JSON.stringify({ projects: PROJECTS, changesPerS: Math.round(changed / SECONDS), still, moving }, undefined, 2)}\n` +
    `frames while it changes / while nothing changes: p50 ${ratio(moving.p50, still.p50)}, p95 ${ratio(moving.p95, still.p95)}\n`,
);
