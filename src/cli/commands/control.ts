import type { Command } from 'commander';
import type { BatchSummaryFragment, ErrorCode } from '../../generated/cli-gql/graphql.ts';
import { request } from '../client.ts';
import { printable } from '../columns.ts';
import { PauseBatch, ResumeBatch } from '../documents.ts';
import { ExitCode } from '../exit-code.ts';
import { RequestError } from '../failures.ts';
import { say, sayJson } from '../terminal.ts';
import { numeral, statusWords } from '../words.ts';
import { EXAMPLE_BATCH, examples, onBatch, type Run, runs, type Setting } from './command.ts';

/** What a mutation gives where it refuses. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

/** The error for a mutation that was refused. */
export function refused({ code, message }: Refusal): RequestError {
  return new RequestError(message, code);
}

/** The error for an action on a batch as a whole that was refused. Only one that has ended refuses it for its state. */
export function refusedByState({ code, message }: Refusal): RequestError {
  const hint = code === 'INVALID_STATE' ? ': retry takes up again what failed or was cancelled in it' : '';
  return new RequestError(message + hint, code);
}

/** A batch as it is called in sentences. */
export function called({ name, id }: BatchSummaryFragment): string {
  return `'${printable(name)}' (${id})`;
}

/** showrunner pause and resume. */
export function addPauseAndResume(setting: Setting): void {
  const pause = onBatch(setting.program.command('pause'))
    .summary('let nothing more of a batch start')
    .description(
      'Pauses a batch: nothing more of it starts, what runs is left to end. Pausing it again changes nothing.',
    );
  runs(exampled(pause, setting), setting, runPause);
  const resume = onBatch(setting.program.command('resume'))
    .summary('go on with a paused batch')
    .description('Goes on with a paused batch. One that is not paused is left as it is.');
  runs(exampled(resume, setting), setting, runResume);
}

function exampled(command: Command, setting: Setting): Command {
  return examples(command, setting, [`${command.name()} ${EXAMPLE_BATCH}`]);
}

async function runPause(batchId: string, { terminal, service, options }: Run<object>): Promise<ExitCode> {
  const { pauseBatch } = await request(service, PauseBatch, { batchId });
  if (pauseBatch.__typename !== 'PauseBatchSuccess') {
    throw refusedByState(pauseBatch);
  }
  const { batch } = pauseBatch;
  if (options.json) {
    sayJson(terminal, { batch });
  } else {
    const rest = `${numeral(batch.runningProjects)} running are left to end, ${numeral(batch.waitingProjects)} wait`;
    say(terminal, `Paused: ${called(batch)}. ${rest}.`);
    say(terminal, `Go on with it: ${terminal.commandName} resume ${batch.id}`);
  }
  return ExitCode.done;
}

async function runResume(batchId: string, { terminal, service, options }: Run<object>): Promise<ExitCode> {
  const { resumeBatch } = await request(service, ResumeBatch, { batchId });
  if (resumeBatch.__typename !== 'ResumeBatchSuccess') {
    throw refusedByState(resumeBatch);
  }
  const { batch } = resumeBatch;
  if (options.json) {
    sayJson(terminal, { batch });
  } else {
    say(terminal, `Resumed: ${called(batch)} is ${statusWords(batch.status)}.`);
    say(terminal, `Watch it: ${terminal.commandName} watch ${batch.id}`);
  }
  return ExitCode.done;
}
