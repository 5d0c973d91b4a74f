import { Gauge, type Registry } from 'prom-client';
import { within } from '../database/within.ts';

/** The work that is left, by its state: the same for every process of one database. */
export interface Backlog {
  /** Projects of batches that have not ended. */
  projects: Readonly<Record<string, number>>;
  /** Batches that have not ended, by status. */
  batches: Readonly<Record<string, number>>;
  /** Workers that are alive. */
  workers: number;
}

/** Where the backlog comes from. */
export interface BacklogOptions {
  /** Reads it. May reject, and may take its time: then the figures are left out. */
  read: () => Promise<Backlog>;
  /** How long Prometheus waits for it, in milliseconds; 1,000 unless told otherwise. */
  timeoutMs?: number | undefined;
  /** For how long what was read is shown again, in milliseconds; 5,000 unless told otherwise. */
  keepMs?: number | undefined;
}

const TIMEOUT_MS = 1_000;
const KEEP_MS = 5_000;

/** Registers gauges for the backlog. Where the database is away they have no values, and one says so. */
export function publishBacklog(registry: Registry, options: BacklogOptions): void {
  const registers = [registry];
  const backlog = kept(options);
  new Gauge({
    name: 'showrunner_database_up',
    help: 'Whether the database answered in time when it was last asked, a few seconds ago at most.',
    registers,
    async collect() {
      this.set((await backlog()) === undefined ? 0 : 1);
    },
  });
  new Gauge({
    name: 'showrunner_projects',
    help: 'Projects that have not ended, by state, as the database has them.',
    labelNames: ['state'],
    registers,
    async collect() {
      show(this, (await backlog())?.projects);
    },
  });
  new Gauge({
    name: 'showrunner_batches',
    help: 'Batches that have not ended, by status, as the database has them.',
    labelNames: ['status'],
    registers,
    async collect() {
      show(this, (await backlog())?.batches);
    },
  });
  new Gauge({
    name: 'showrunner_workers',
    help: 'Worker processes that are alive, as the database has them.',
    registers,
    async collect() {
      const workers = (await backlog())?.workers;
      if (workers === undefined) {
        // Without labels, it would say 0.
        this.remove();
      } else {
        this.set(workers);
      }
    },
  });
}

function show(gauge: Gauge, values: Backlog['projects'] | undefined): void {
  gauge.reset();
  for (const [value, count] of Object.entries(values ?? {})) {
    gauge.labels(value).set(count);
  }
}

/** One read for all gauges of a scrape, and for all who scrape within so many milliseconds; one at a time. */
function kept({ read, timeoutMs = TIMEOUT_MS, keepMs = KEEP_MS }: BacklogOptions): () => Promise<Backlog | undefined> {
  let reading: Promise<Backlog | undefined> | undefined;
  let shown: Promise<Backlog | undefined> = Promise.resolve(undefined);
  let readAtMs = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - readAtMs > keepMs) {
      readAtMs = now;
      // One that is still under way is waited for again: a database that is silent is not asked more and more.
      reading ??= read()
        .catch(() => undefined)
        .finally(() => {
          reading = undefined;
        });
      shown = within(timeoutMs, reading, () => undefined);
    }
    return shown;
  };
}
