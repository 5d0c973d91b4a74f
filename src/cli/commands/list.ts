import type { BatchStatus, BatchSummaryFragment } from '../../generated/cli-gql/graphql.ts';
import { listBatches } from '../batches.ts';
import { type Column, printable, table } from '../columns.ts';
import { ExitCode } from '../exit-code.ts';
import { addStatuses, wholeNumber } from '../option-values.ts';
import { say, sayJson, type Terminal } from '../terminal.ts';
import { count, numeral, paintStatus, statusWords, timeWords } from '../words.ts';
import { examples, type Run, runs, type Setting } from './command.ts';

interface ListOptions {
  status?: BatchStatus[];
  search?: string;
  limit: number;
}

const DEFAULT_LIMIT = 20;

/** showrunner list: the newest batches. */
export function addList(setting: Setting): void {
  const command = setting.program
    .command('list')
    .summary('list the newest batches')
    .description('Lists the newest batches, newest first.')
    .option(
      '-s, --status <status>',
      'only of this status: queued, running, paused, completed, failed or cancelled; several with commas',
      addStatuses,
    )
    .option('--search <text>', 'only with this text somewhere in their name, in any case')
    .option('-l, --limit <number>', 'at most so many', wholeNumber(1), DEFAULT_LIMIT);
  examples(command, setting, [
    'list',
    'list --status running,paused',
    "list --search demo --limit 1000 --json | jq -r '.batches[].id'",
  ]);
  runs(command, setting, (_none: unknown, run: Run<ListOptions>) => runList(run));
}

async function runList({ terminal, service, options }: Run<ListOptions>): Promise<ExitCode> {
  const { status, search, limit, json } = options;
  const { batches, totalCount } = await listBatches(service, { status, search }, limit);
  if (json) {
    sayJson(terminal, { totalCount, batches });
    return ExitCode.done;
  }
  if (batches.length === 0) {
    const filtered = status !== undefined || search !== undefined;
    say(terminal, filtered ? 'No batch is like that.' : `No batches yet: ${terminal.commandName} submit <folder>`);
    return ExitCode.done;
  }
  const { stdout } = terminal;
  for (const line of table(columnsFor(terminal), batches, stdout.isTTY ? stdout.columns : undefined)) {
    say(terminal, line);
  }
  if (totalCount > batches.length && stdout.isTTY) {
    say(
      terminal,
      `\n${numeral(batches.length)} of ${count(totalCount, 'batch').replace(/hs$/, 'hes')}; --limit shows more`,
    );
  }
  return ExitCode.done;
}

const NAME_SHORTEST = 12;

function columnsFor({ stdout }: Terminal): Column<BatchSummaryFragment>[] {
  return [
    { title: 'ID', text: ({ id }) => id },
    { title: 'NAME', text: ({ name }) => printable(name), shortest: NAME_SHORTEST },
    {
      title: 'STATUS',
      text: ({ status }) => statusWords(status),
      paint: (text, { status }) => paintStatus(status, text, stdout),
    },
    { title: 'PROGRESS', text: ({ progress }) => `${Math.floor(progress)}%`, align: 'right' },
    { title: 'VIDEOS', text: videosOf, optional: true },
    { title: 'CREATED', text: ({ createdAt }) => timeWords(createdAt), optional: true },
  ];
}

function videosOf({
  completedProjects,
  totalProjects,
  failedProjects,
  cancelledProjects,
}: BatchSummaryFragment): string {
  return [
    `${completedProjects}/${totalProjects}`,
    failedProjects > 0 ? `${failedProjects} failed` : [],
    cancelledProjects > 0 ? `${cancelledProjects} cancelled` : [],
  ]
    .flat()
    .join(', ');
}
