import type { BatchSummaryFragment } from '../generated/cli-gql/graphql.ts';
import { listProjects, PAGE_SIZE, RUNNING } from './batches.ts';
import type { Service } from './client.ts';
import { printable } from './columns.ts';
import { watchEstimate } from './estimate.ts';
import { ExitCode } from './exit-code.ts';
import { ConnectionError } from './failures.ts';
import { say, sayJson, type Terminal } from './terminal.ts';
import { type ConnectionState, type WatchOptions, watchBatch } from './watch.ts';
import { openWatchView, type WatchView } from './watch-view.ts';
import { count, durationWords, elapsedMs, numeral } from './words.ts';

type Outputs = Pick<Terminal, 'stdout' | 'stderr'>;

const CONNECTION_WORDS: Readonly<Record<ConnectionState, string>> = {
  lost: 'Connection lost: reconnecting (Ctrl-C ends the watching, not the work)',
  back: 'Connected again: nothing was missed',
  'back with a gap': 'Connected again, to how things are now: the service has forgotten some of what changed',
};

/** Shows a batch until it ends; gives it as it is then. Throws RequestError or ConnectionError. */
export async function follow(
  service: Service,
  outputs: Outputs,
  batch: BatchSummaryFragment,
  options: WatchOptions = {},
): Promise<BatchSummaryFragment> {
  using view = openWatchView(outputs, batch);
  const onConnection = (state: ConnectionState) => view.note(CONNECTION_WORDS[state]);
  using _estimate = view.showsState
    ? watchEstimate(service, batch.id, (remainingMs) => view.estimate(remainingMs))
    : undefined;
  let last = batch;
  let loaded = !view.showsState;
  for await (const event of watchBatch(service, batch.id, { ...options, onConnection })) {
    last = event.batch;
    view.show(event);
    if (event.reset || !loaded) {
      loaded = !view.showsState || (await loadProjects(service, view, last));
    }
  }
  return last;
}

/** Writes a line of JSON for each event of a batch until it ends; gives it as it is then. */
export async function followJson(
  service: Service,
  outputs: Outputs,
  batch: BatchSummaryFragment,
  options: WatchOptions = {},
): Promise<BatchSummaryFragment> {
  const onConnection = (state: ConnectionState) => void outputs.stderr.write(`${CONNECTION_WORDS[state]}\n`);
  let last = batch;
  for await (const event of watchBatch(service, batch.id, { ...options, onConnection })) {
    last = event.batch;
    sayJson(outputs, event);
  }
  return last;
}

/** All projects where they fit a page, otherwise those that run. False where the connection broke: later, then. */
async function loadProjects(service: Service, view: WatchView, batch: BatchSummaryFragment): Promise<boolean> {
  const some = batch.totalProjects > PAGE_SIZE ? { status: RUNNING, limit: PAGE_SIZE } : {};
  try {
    view.load(await listProjects(service, batch.id, some));
    return true;
  } catch (error) {
    if (error instanceof ConnectionError) {
      return false;
    }
    throw error;
  }
}

const MAX_FAILED = 10;

/** Says how a batch has ended, which projects failed, and what can be done next. */
export async function sayOutcome(service: Service, terminal: Terminal, batch: BatchSummaryFragment): Promise<void> {
  const { completedProjects: completed, failedProjects: failed, totalProjects: total } = batch;
  const elapsed = elapsedMs(batch, Date.now());
  const time = elapsed === undefined ? '' : ` in ${durationWords(elapsed)}`;
  const { commandName } = terminal;
  say(terminal, '');
  if (completed === total) {
    say(terminal, `${total === 1 ? 'The video is' : `All ${numeral(total)} videos are`} made${time}.`);
  } else {
    say(terminal, `${numeral(completed)} of ${count(total, 'video')} made${time}; ${shortfallOf(batch)}.`);
  }
  if (failed > 0) {
    for (const project of await listProjects(service, batch.id, { status: ['FAILED'], limit: MAX_FAILED })) {
      say(terminal, `  ${printable(project.name)}: ${printable(project.errorMessage ?? 'failed')}`);
    }
    if (failed > MAX_FAILED) {
      say(terminal, `  and ${numeral(failed - MAX_FAILED)} more: ${commandName} show ${batch.id}`);
    }
  }
  if (completed > 0) {
    say(terminal, `Download them: ${commandName} download ${batch.id} --to videos`);
  }
  if (completed < total) {
    say(terminal, `Try again:     ${commandName} retry ${batch.id}`);
  }
}

function shortfallOf({ status, failedProjects, cancelledProjects, waitingProjects }: BatchSummaryFragment): string {
  const parts = [
    failedProjects > 0 ? `${numeral(failedProjects)} failed` : [],
    cancelledProjects > 0 ? `${numeral(cancelledProjects)} cancelled` : [],
    waitingProjects > 0 ? `${numeral(waitingProjects)} not begun, as more failed than the batch's limit allows` : [],
  ].flat();
  return parts.length > 0 ? parts.join(', ') : `the batch is ${status.toLowerCase()}`;
}

/** Done only where every project has become a video. */
export function exitCodeOf({ completedProjects, totalProjects }: BatchSummaryFragment): ExitCode {
  return completedProjects === totalProjects ? ExitCode.done : ExitCode.incomplete;
}
