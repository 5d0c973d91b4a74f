import type { WatchedProjectFragment } from '../../generated/cli-gql/graphql.ts';
import { type DetailedBatch, findDetails, listProjects } from '../batches.ts';
import { type Column, padTo, printable, table } from '../columns.ts';
import { ExitCode } from '../exit-code.ts';
import { say, sayJson, type Terminal } from '../terminal.ts';
import { count, countsWords, durationWords, elapsedMs, paintStatus, statusWords, timeWords } from '../words.ts';
import { EXAMPLE_BATCH, examples, onBatch, type Run, runs, type Setting } from './command.ts';

interface ShowOptions {
  projects?: boolean;
}

/** showrunner show: all there is to say of a batch. */
export function addShow(setting: Setting): void {
  const command = onBatch(setting.program.command('show'))
    .summary('show a batch and what failed in it')
    .description('Shows a batch, its settings, and the projects that failed, each with the reason.')
    .option('-p, --projects', 'list every project');
  examples(command, setting, [
    `show ${EXAMPLE_BATCH}`,
    `show ${EXAMPLE_BATCH} --projects --json | jq -r '.projects[].videoUrl'`,
  ]);
  runs(command, setting, runShow);
}

async function runShow(batchId: string, { terminal, service, options }: Run<ShowOptions>): Promise<ExitCode> {
  const batch = await findDetails(service, batchId);
  const nothing = !options.projects && batch.failedProjects === 0;
  const filter = options.projects ? {} : { status: ['FAILED'] as const };
  const projects = nothing ? [] : await listProjects(service, batchId, filter);
  if (options.json) {
    sayJson(terminal, { batch, projects });
    return ExitCode.done;
  }
  say(terminal, printable(batch.name));
  for (const [title, text] of detailsOf(batch, terminal)) {
    say(terminal, `  ${padTo(title, TITLE_COLUMNS)}${text}`);
  }
  if (projects.length > 0) {
    say(terminal, options.projects ? '' : `\n${count(projects.length, 'project')} failed:`);
    const { stdout } = terminal;
    for (const line of table(columnsFor(terminal), projects, stdout.isTTY ? stdout.columns : undefined)) {
      say(terminal, line);
    }
  }
  return ExitCode.done;
}

const TITLE_COLUMNS = 14;

function detailsOf(batch: DetailedBatch, { stdout }: Terminal): [title: string, text: string][] {
  const { id, status, progress, createdAt, startedAt, finishedAt, estimatedRemainingMs } = batch;
  const elapsed = elapsedMs(batch, Date.now());
  const rows: [string, string | number | null | undefined][] = [
    ['id', id],
    ['status', paintStatus(status, statusWords(status), stdout)],
    ['progress', `${Math.floor(progress)}%`],
    ['projects', countsWords(batch)],
    ['created', timeWords(createdAt)],
    ['started', startedAt && timeWords(startedAt)],
    ['finished', finishedAt && timeWords(finishedAt)],
    ['elapsed', elapsed === undefined ? null : durationWords(elapsed)],
    ['remaining', estimatedRemainingMs == null ? null : `about ${durationWords(estimatedRemainingMs)}`],
    ['model', printable(batch.geminiModel)],
    ['youtube', youtubeWords(batch)],
    ['failure limit', batch.failureLimit],
    ['configuration', batch.configurationId],
    ['template', batch.promptTemplateId],
  ];
  return rows.flatMap(([title, text]) => (text == null ? [] : [[title, String(text)]]));
}

function youtubeWords({ youtubeSettings: settings }: DetailedBatch): string | undefined {
  if (settings == null) {
    return undefined;
  }
  const { privacy, publishAt, aiContentFlag } = settings;
  return [
    privacy.toLowerCase(),
    publishAt == null ? 'published at once' : `published at ${timeWords(publishAt)}`,
    aiContentFlag ? 'declared as made with AI' : 'not declared as made with AI',
  ].join(', ');
}

const NAME_SHORTEST = 12;
const ERROR_SHORTEST = 20;

function columnsFor({ stdout }: Terminal): Column<WatchedProjectFragment>[] {
  return [
    { title: 'ID', text: ({ id }) => id },
    { title: 'NAME', text: ({ name }) => printable(name), shortest: NAME_SHORTEST },
    {
      title: 'STATUS',
      text: ({ status }) => statusWords(status),
      paint: (text, { status }) => paintStatus(status, text, stdout),
    },
    { title: 'PROGRESS', text: ({ progress }) => `${progress}%`, align: 'right', optional: true },
    { title: 'ATTEMPT', text: ({ attempt }) => String(attempt), align: 'right', optional: true },
    { title: 'ERROR', text: ({ errorMessage }) => printable(errorMessage ?? ''), shortest: ERROR_SHORTEST },
  ];
}
