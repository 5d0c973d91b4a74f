import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Option } from 'commander';
import type { BatchSummaryFragment } from '../../generated/cli-gql/graphql.ts';
import { findBatch, listProjects } from '../batches.ts';
import { downloadAll, type FileOutcome, type WantedFile, wantedFiles } from '../download.ts';
import { openDownloadView } from '../download-view.ts';
import { ExitCode } from '../exit-code.ts';
import { codeOf, RefusedError } from '../failures.ts';
import { wholeNumber } from '../option-values.ts';
import { say, sayJson, type Terminal } from '../terminal.ts';
import { count, numeral, sizeWords } from '../words.ts';
import { EXAMPLE_BATCH, examples, onBatch, type Run, runs, type Setting } from './command.ts';

interface DownloadOptions {
  to: string;
  thumbnails?: boolean;
  captions?: boolean;
  overwrite?: boolean;
  concurrency: number;
}

const DEFAULT_CONCURRENCY = 3;
const MAX_CONCURRENCY = 16;

/** showrunner download: the videos of a batch. */
export function addDownload(setting: Setting): void {
  const command = onBatch(setting.program.command('download'))
    .summary('download the videos of a batch')
    .description(
      'Downloads the videos of a batch, as far as they are made, as "<number> <name>.mp4". What is there already is ' +
        'left out, and what is there in part (.part) is gone on with: after an interruption run the same command again.',
    )
    .requiredOption('-t, --to <folder>', 'where to; it is made if it is not there')
    .option('--thumbnails', 'also the thumbnails, as .jpg')
    .option('--captions', 'also the captions, as .vtt')
    .option('--overwrite', 'replace other files of the same names, such as videos from before a retry')
    .addOption(
      new Option('--concurrency <number>', 'so many at a time')
        .argParser(wholeNumber(1, MAX_CONCURRENCY))
        .default(DEFAULT_CONCURRENCY),
    );
  examples(command, setting, [
    `download ${EXAMPLE_BATCH} --to videos`,
    `download ${EXAMPLE_BATCH} --to videos --thumbnails --captions`,
  ]);
  runs(command, setting, runDownload);
}

async function runDownload(batchId: string, run: Run<DownloadOptions>): Promise<ExitCode> {
  const { terminal, service, options } = run;
  const { to, json } = options;
  const batch = await findBatch(service, batchId);
  const projects = await listProjects(service, batchId, { status: ['COMPLETED'] });
  const files = wantedFiles(service, projects, to, batch.totalProjects, options);
  await makeFolder(to).catch((error: Error) => {
    throw new RefusedError(`--to: expected a folder that you may write to, got '${to}' (${error.message})`);
  });
  const outcomes = json ? await downloadJson(run, files) : await downloadShown(run, files);
  const complete = projects.length === batch.totalProjects && outcomes.every((outcome) => 'downloaded' in outcome);
  if (!json) {
    sayTotals(terminal, batch, outcomes, to);
  }
  return complete ? ExitCode.done : ExitCode.incomplete;
}

/** Makes a folder with those around it, where they are not there. Node's own way never ends below /proc. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) {
      return;
    }
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) {
      throw error;
    }
    await makeFolder(dirname(path));
    await mkdir(path).catch(async (again: Error) => {
      if (codeOf(again) !== 'EEXIST' || !(await stat(path)).isDirectory()) {
        throw again;
      }
    });
  }
}

async function downloadJson({ terminal, service, options }: Run<DownloadOptions>, files: readonly WantedFile[]) {
  const outcomes: FileOutcome[] = [];
  await downloadAll(service, files, {
    ...options,
    onOutcome(outcome) {
      outcomes.push(outcome);
      const { project, url, file } = outcome;
      const what = 'problem' in outcome ? { error: outcome.problem } : outcome.downloaded;
      sayJson(terminal, { projectId: project.id, name: project.name, url, file, ...what });
    },
  });
  return outcomes;
}

async function downloadShown({ terminal, service, options }: Run<DownloadOptions>, files: readonly WantedFile[]) {
  const outcomes: FileOutcome[] = [];
  if (files.length === 0) {
    return outcomes;
  }
  using view = openDownloadView(terminal, files.length);
  await downloadAll(service, files, {
    ...options,
    onProgress: (wanted, bytes, totalBytes) => view.progress(wanted, bytes, totalBytes),
    onOutcome(outcome) {
      outcomes.push(outcome);
      view.outcome(outcome);
    },
  });
  return outcomes;
}

function sayTotals(
  terminal: Terminal,
  batch: BatchSummaryFragment,
  outcomes: readonly FileOutcome[],
  folder: string,
): void {
  const done = outcomes.flatMap((outcome) => ('downloaded' in outcome ? [outcome.downloaded] : []));
  const bytes = done.reduce((sum, each) => sum + each.bytes, 0);
  const there = done.filter(({ fetched }) => !fetched).length;
  const refused = outcomes.length - done.length;
  const words = [
    `${count(done.length, 'file')} (${sizeWords(bytes)}) in ${folder}`,
    there > 0 ? `${numeral(there)} of them there already` : [],
    refused > 0 ? `${numeral(refused)} could not be had` : [],
  ];
  say(terminal, `${words.flat().join(', ')}.`);
  const { failedProjects, cancelledProjects, runningProjects, waitingProjects } = batch;
  const never = failedProjects + cancelledProjects;
  const notYet = runningProjects + waitingProjects;
  if (never > 0) {
    say(
      terminal,
      `No video of ${count(never, 'project')}, failed or cancelled: ${terminal.commandName} show ${batch.id}`,
    );
  }
  if (notYet > 0) {
    say(terminal, `No video yet of ${count(notYet, 'project')}: run the same command again later`);
  }
}
