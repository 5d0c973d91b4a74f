import { request } from '../client.ts';
import { RetryBatch } from '../documents.ts';
import { ExitCode } from '../exit-code.ts';
import { RequestError } from '../failures.ts';
import { addProjectId } from '../option-values.ts';
import { say, sayJson } from '../terminal.ts';
import { count, statusWords } from '../words.ts';
import { EXAMPLE_BATCH, examples, onBatch, type Run, runs, type Setting } from './command.ts';
import { called, refused } from './control.ts';

interface RetryOptions {
  project?: string[];
}

/** showrunner retry: sends what failed or was cancelled back to work. */
export function addRetry(setting: Setting): void {
  const command = onBatch(setting.program.command('retry'))
    .summary('take up again what failed or was cancelled')
    .description(
      'Sends projects that failed or were cancelled back to work, each to go on after the last stage that it finished. ' +
        'A batch that had ended is open again.',
    )
    .option(
      '-p, --project <id...>',
      'only these: project_<uuid>, or <uuid> alone (default: all of them)',
      addProjectId,
    );
  examples(command, setting, [
    `retry ${EXAMPLE_BATCH}`,
    `retry ${EXAMPLE_BATCH} --project project_0192f0c1-2a3b-7c4d-8e5f-60718293a4b6`,
  ]);
  runs(command, setting, runRetry);
}

async function runRetry(batchId: string, { terminal, service, options }: Run<RetryOptions>): Promise<ExitCode> {
  const projectIds = options.project ?? null;
  const { retryBatch } = await request(service, RetryBatch, { batchId, projectIds });
  if (retryBatch.__typename === 'ProjectNotFoundError') {
    throw new RequestError(`There is no ${retryBatch.projectId} in ${batchId}`, retryBatch.code);
  }
  if (retryBatch.__typename !== 'RetryBatchSuccess') {
    throw refused(retryBatch);
  }
  const { batch, retriedProjects } = retryBatch;
  if (options.json) {
    sayJson(terminal, { batch, retriedProjects });
  } else if (retriedProjects === 0) {
    say(terminal, `Nothing to retry: no project of ${called(batch)} has failed or was cancelled.`);
  } else {
    say(
      terminal,
      `Retrying ${count(retriedProjects, 'project')} of ${called(batch)}, which is ${statusWords(batch.status)}.`,
    );
    say(terminal, `Watch it: ${terminal.commandName} watch ${batch.id}`);
  }
  return ExitCode.done;
}
