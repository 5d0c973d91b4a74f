import { createInterface } from 'node:readline/promises';
import type { BatchSummaryFragment } from '../../generated/cli-gql/graphql.ts';
import { findBatch } from '../batches.ts';
import { request } from '../client.ts';
import { CancelBatch } from '../documents.ts';
import { ExitCode } from '../exit-code.ts';
import { InterruptedError, RefusedError } from '../failures.ts';
import { say, sayJson, type Terminal } from '../terminal.ts';
import { count, numeral } from '../words.ts';
import { EXAMPLE_BATCH, examples, onBatch, type Run, runs, type Setting } from './command.ts';
import { called, refusedByState } from './control.ts';

interface CancelOptions {
  yes?: boolean;
}

/** showrunner cancel: ends a batch before it is done, after asking. */
export function addCancel(setting: Setting): void {
  const command = onBatch(setting.program.command('cancel'))
    .summary('end a batch before it is done')
    .description(
      'Cancels every project of a batch that has not ended: those that wait at once, those that run as soon as their ' +
        'stage has let go. On a terminal it asks first; in scripts, where nobody can answer, --yes has to be given. ' +
        'retry takes up again what was cancelled.',
    )
    .option('-y, --yes', 'do not ask');
  examples(command, setting, [`cancel ${EXAMPLE_BATCH}`, `cancel ${EXAMPLE_BATCH} --yes --json`]);
  runs(command, setting, runCancel);
}

async function runCancel(batchId: string, { terminal, service, options }: Run<CancelOptions>): Promise<ExitCode> {
  if (!options.yes) {
    if (!terminal.stdin.isTTY || !terminal.stderr.isTTY) {
      throw new RefusedError('cancel asks before it does it, and nobody can answer here: give --yes');
    }
    const batch = await findBatch(service, batchId);
    // One that has ended is left to the service, which says why it can't be cancelled.
    if (batch.finishedAt == null && !(await confirmed(terminal, batch))) {
      terminal.stderr.write('Nothing was cancelled.\n');
      return ExitCode.refused;
    }
  }
  const { cancelBatch } = await request(service, CancelBatch, { batchId });
  if (cancelBatch.__typename !== 'CancelBatchSuccess') {
    throw refusedByState(cancelBatch);
  }
  const { batch } = cancelBatch;
  if (options.json) {
    sayJson(terminal, { batch });
    return ExitCode.done;
  }
  const { cancelledProjects, runningProjects } = batch;
  const still = runningProjects > 0 ? `, ${numeral(runningProjects)} still running will let go` : '';
  say(terminal, `Cancelled: ${called(batch)}. ${count(cancelledProjects, 'project')} cancelled${still}.`);
  say(terminal, `Take it up again: ${terminal.commandName} retry ${batch.id}`);
  return ExitCode.done;
}

async function confirmed({ stdin, stderr, signal }: Terminal, batch: BatchSummaryFragment): Promise<boolean> {
  const { runningProjects: running, waitingProjects: waiting } = batch;
  const open = `${count(running + waiting, 'project')} (${numeral(running)} running, ${numeral(waiting)} waiting)`;
  const reader = createInterface({ input: stdin, output: stderr });
  try {
    const closed = new Promise<string>((answer, interrupted) => {
      reader.once('close', () => answer(''));
      reader.once('SIGINT', () => interrupted(new InterruptedError()));
    });
    const answer = reader.question(`Cancel ${called(batch)}: ${open}? [y/N] `, { signal });
    return /^y(es)?$/i.test((await Promise.race([answer, closed])).trim());
  } finally {
    reader.close();
  }
}
