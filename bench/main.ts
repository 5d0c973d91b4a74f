import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { recordProfile } from './harness/profile.ts';
import { tableOf, writeResults } from './harness/report.ts';
import { type Backend, BOTH, type Figure, type Row } from './harness/row.ts';
import { create } from './rows/create.ts';
import { dashboard } from './rows/dashboard.ts';
import { dispatch } from './rows/dispatch.ts';
import { engine } from './rows/engine.ts';
import { fairness } from './rows/fairness.ts';
import { fanout } from './rows/fanout.ts';
import { latency } from './rows/latency.ts';
import { memory } from './rows/memory.ts';
import { queries } from './rows/queries.ts';
import { start } from './rows/start.ts';
import { transitions } from './rows/transitions.ts';

/** What is measured, in the order of the table. */
const ROWS: readonly Row[] = [
  create,
  latency,
  fanout,
  transitions,
  dispatch,
  engine,
  queries,
  fairness,
  memory,
  start,
  dashboard,
];

const HELP = `Usage: node bench/main.ts [options] [row…]

Measures the service, each time beside a peer or a limit in the same run, on the embedded database and
on PostgreSQL. Prints one table, and writes bench/results.json.

Rows (all unless named):
${ROWS.map(({ name, about }) => `  ${name.padEnd(12)} ${about}`).join('\n')}

Options:
  --backend <name>   pglite or postgres only
  --quick            small sizes and few rounds: shows that it works, not how fast it is
  --profile <dir>    CPU profiles of the processes that are measured, which are slower then
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

/** The rows that are asked for. Throws where there is none of a name. */
function rowsOf(names: readonly string[]): readonly Row[] {
  const unknown = names.filter((name) => !ROWS.some((row) => row.name === name));
  if (unknown.length > 0) {
    throw new Error(`There is no row ${unknown.join(', ')}. See --help.`);
  }
  return ROWS.filter(({ name }) => names.length === 0 || names.includes(name));
}

async function measure(): Promise<void> {
  const startedAt = new Date();
  const rows = rowsOf(positionals);
  const backends = BOTH.filter((backend) => values.backend === undefined || values.backend === backend);
  if (backends.length === 0) {
    throw new Error(`There is no backend ${values.backend}. See --help.`);
  }
  const serverUrl = await findServer();
  const figures: Figure[] = [];
  for (const row of rows) {
    for (const backend of row.backends.filter((each) => backends.includes(each))) {
      if (backend === 'postgres' && serverUrl === undefined) {
        process.stderr.write(`${row.name} on ${backend}: left out, as no server answers\n`);
        continue;
      }
      try {
        figures.push(...(await measureRow(row, backend, serverUrl)));
      } catch (error) {
        // The others are worth their time all the same.
        process.stderr.write(`${row.name} on ${backend}: ${error instanceof Error ? error.stack : error}\n`);
        process.exitCode = 1;
      }
    }
  }
  process.stdout.write(tableOf(figures));
  process.stdout.write(`Written to ${await writeResults(figures, values.quick, startedAt)}\n`);
  if (values.quick) {
    process.stdout.write('Sizes were small, and rounds few: these figures say that it works, not how fast it is.\n');
  }
}

async function measureRow(row: Row, backend: Backend, serverUrl: string | undefined): Promise<Figure[]> {
  const { quick, profile: profileDir } = values;
  const say = (text: string) => process.stderr.write(`${row.name} on ${backend}: ${text}\n`);
  say(`begins, load ${loadavg()[0]?.toFixed(1)}`);
  await using _profile =
    profileDir === undefined ? undefined : await recordProfile(profileDir, `main-${row.name}-${backend}`);
  const run = { backend, serverUrl: backend === 'postgres' ? serverUrl : undefined, quick, profileDir, say };
  const figures = await row.run(run);
  return figures.map((figure) => ({ row: row.name, backend, ...figure }));
}

if (values.help) {
  process.stdout.write(HELP);
} else {
  await measure();
}
