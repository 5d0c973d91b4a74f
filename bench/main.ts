import { mkdir } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { tableOf, writeResults } from './harness/report.ts';
import type { Backend, Figure, Row } from './harness/row.ts';
import { create } from './rows/create.ts';
import { dispatch } from './rows/dispatch.ts';
import { engine } from './rows/engine.ts';
import { fairness } from './rows/fairness.ts';
import { fanout } from './rows/fanout.ts';
import { latency } from './rows/latency.ts';
import { queries } from './rows/queries.ts';
import { transitions } from './rows/transitions.ts';

/** What is measured, in the order of the table. */
const ROWS: readonly Row[] = [create, latency, fanout, transitions, dispatch, engine, queries, fairness];

const HELP = `Usage: node bench/main.ts [options] [row…]

Measures the service, each time beside a peer or a limit in the same run, on the embedded database and
on PostgreSQL. Prints one table, and writes bench/results.json.

Rows (all unless named):
${ROWS.map(({ name, about }) => `  ${name.padEnd(12)} ${about}`).join('\n')}

Options:
  --backend <name>   pglite or postgres only
  --quick            small sizes and few rounds: shows that it works, not how fast it is
  --profile <dir>    CPU profiles of the processes that are measured
  --help

BENCH_DATABASE_URL is a PostgreSQL server on which databases may be made, by default the one on this
machine where it answers.
`;

const DEFAULT_SERVER = 'postgres://postgres@127.0.0.1:5432/postgres';

/** The server to measure on; undefined where there is none. Throws where one is named and does not answer. */
async function findServer(): Promise<string | undefined> {
  const named = process.env['BENCH_DATABASE_URL'];
  const url = named || DEFAULT_SERVER;
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    await client.end();
    return url;
  } catch (error) {
    if (named) {
      throw error;
    }
    return undefined;
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: 'string' },
    quick: { type: 'boolean', default: false },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

async function measure(): Promise<void> {
  const unknown = positionals.filter((name) => !ROWS.some((row) => row.name === name));
  if (unknown.length > 0) {
    throw new Error(`There is no row ${unknown.join(', ')}. See --help.`);
  }
  const startedAt = new Date();
  const postgres = await findServer();
  const servers: Record<Backend, string | undefined> = { pglite: undefined, postgres };
  if (values.profile !== undefined) {
    await mkdir(values.profile, { recursive: true });
  }
  const figures: Figure[] = [];
  for (const row of ROWS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
    for (const backend of row.backends) {
      if (values.backend !== undefined && values.backend !== backend) {
        continue;
      }
      const say = (text: string) => process.stderr.write(`${row.name} on ${backend}: ${text}\n`);
      if (backend === 'postgres' && postgres === undefined) {
        say('left out, as no server answers');
        continue;
      }
      say(`begins, load ${loadavg()[0]?.toFixed(1)}`);
      const run = { backend, serverUrl: servers[backend], quick: values.quick, profileDir: values.profile, say };
      for (const figure of await row.run(run)) {
        figures.push({ row: row.name, backend, ...figure });
      }
    }
  }
  process.stdout.write(tableOf(figures));
  process.stdout.write(`Written to ${await writeResults(figures, values.quick, startedAt)}\n`);
}

if (values.help) {
  process.stdout.write(HELP);
} else {
  await measure();
}
