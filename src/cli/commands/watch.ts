import { findBatch } from '../batches.ts';
import { printable } from '../columns.ts';
import type { ExitCode } from '../exit-code.ts';
import { exitCodeOf, follow, followJson, sayOutcome } from '../follow.ts';
import { say } from '../terminal.ts';
import { checkCursor } from '../watch.ts';
import { count } from '../words.ts';
import { EXAMPLE_BATCH, examples, onBatch, type Run, runs, type Setting } from './command.ts';

interface WatchOptions {
  after?: string;
}

/** showrunner watch: follows a batch until it ends. */
export function addWatch(setting: Setting): void {
  const command = onBatch(setting.program.command('watch'))
    .summary('follow a batch until it ends')
    .description(
      'Follows a batch until it ends: with progress bars on a terminal, elsewhere with a line for each change. A lost ' +
        'connection is taken up again where it broke, so that nothing is missing and nothing comes twice. Ctrl-C ends ' +
        'the watching, not the work. With --json each event is a line; an event has a cursor to go on from.',
    )
    .option('--after <cursor>', 'go on after the event with this cursor, instead of from the present state');
  examples(command, setting, [`watch ${EXAMPLE_BATCH}`, `watch ${EXAMPLE_BATCH} --json | jq .batch.progress`]);
  runs(command, setting, runWatch);
}

async function runWatch(batchId: string, { terminal, service, options }: Run<WatchOptions>): Promise<ExitCode> {
  const { after } = options;
  const batch = await findBatch(service, batchId);
  if (after !== undefined) {
    await checkCursor(service, batchId, after);
  }
  if (options.json) {
    return exitCodeOf(await followJson(service, terminal, batch, { after }));
  }
  say(terminal, `Watching '${printable(batch.name)}' (${batch.id}) with ${count(batch.totalProjects, 'project')}.`);
  say(terminal, '');
  const last = await follow(service, terminal, batch, { after });
  await sayOutcome(service, terminal, last);
  return exitCodeOf(last);
}
