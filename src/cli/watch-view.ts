import { styleText } from 'node:util';
import type {
  BatchStatus,
  BatchSummaryFragment,
  ProjectStatus,
  WatchedProjectFragment,
} from '../generated/cli-gql/graphql.ts';
import { type BarRow, openBarBlock } from './bar-block.ts';
import { padTo, printable } from './columns.ts';
import type { Terminal } from './terminal.ts';
import type { BatchEvent } from './watch.ts';
import { WatchedBatch } from './watched-batch.ts';
import { countsWords, durationWords, elapsedMs, paintStatus, statusWords, timeWords } from './words.ts';

/** Shows a batch while it is worked on. */
export interface WatchView extends Disposable {
  /** Whether it shows how things are, and not only what happens: then it wants what follows. */
  readonly showsState: boolean;
  /** Takes projects as a list gives them. */
  load(projects: readonly WatchedProjectFragment[]): void;
  /** Takes how long the batch will take from now on, where there is an estimate. */
  estimate(remainingMs: number | undefined): void;
  /** Takes what has happened. */
  show(event: BatchEvent): void;
  /** Says something that is not of the batch, such as a lost connection, on standard error. */
  note(line: string): void;
}

type Outputs = Pick<Terminal, 'stdout' | 'stderr'>;

/** Progress bars on a terminal; elsewhere a line per change of status. */
export function openWatchView(outputs: Outputs, batch: BatchSummaryFragment): WatchView {
  return outputs.stdout.isTTY ? barView(outputs, batch) : lineView(outputs);
}

function barView({ stdout, stderr }: Outputs, batch: BatchSummaryFragment): WatchView {
  const watched = new WatchedBatch(batch);
  let endsMs: number | undefined;
  const block = openBarBlock(stdout, (maxRows) => [
    batchRow(watched.batch, endsMs, stdout),
    ...watched.shown(maxRows - 1).map((project) => projectRow(project, stdout)),
  ]);
  return {
    showsState: true,
    load: (projects) => watched.load(projects),
    estimate(remainingMs) {
      endsMs = remainingMs === undefined ? undefined : Date.now() + remainingMs;
    },
    show: (event) => watched.apply(event),
    // Written beside the bars it would stand in the middle of them.
    note: (line) => (stderr.isTTY ? block.note(line) : void stderr.write(`${line}\n`)),
    [Symbol.dispose]: () => block[Symbol.dispose](),
  };
}

function batchRow(batch: BatchSummaryFragment, endsMs: number | undefined, output: NodeJS.WriteStream): BarRow {
  const { status, progress, finishedAt } = batch;
  const elapsed = elapsedMs(batch, Date.now());
  // What matters most comes first, as a narrow terminal cuts the end.
  const text = [
    status === 'RUNNING' ? [] : statusWords(status),
    elapsed === undefined ? [] : durationWords(elapsed),
    finishedAt != null || endsMs === undefined ? [] : `about ${durationWords(endsMs - Date.now())} left`,
    countsWords(batch),
  ].flat();
  return {
    percent: progress,
    text: text.join(' · '),
    paint: (shown) => styleText('bold', shown, { stream: output }),
  };
}

function projectRow(project: WatchedProjectFragment, output: NodeJS.WriteStream): BarRow {
  return {
    percent: project.progress,
    label: statusWords(project.status),
    text: nameAndError(project),
    paint: (label) => paintStatus(project.status, label, output),
  };
}

function nameAndError({ name, errorMessage }: WatchedProjectFragment): string {
  return errorMessage == null ? printable(name) : `${printable(name)}: ${printable(errorMessage)}`;
}

/** As wide as the longest status. */
const STATUS_COLUMNS = 20;

function lineView({ stdout, stderr }: Outputs): WatchView {
  let status: BatchStatus | undefined;
  const line = (at: string, to: ProjectStatus | BatchStatus, text: string) => {
    const word = paintStatus(to, padTo(statusWords(to), STATUS_COLUMNS), stdout);
    stdout.write(`${timeWords(at)}  ${word}  ${text}\n`);
  };
  return {
    showsState: false,
    load: () => {},
    estimate: () => {},
    show({ batch, changes }) {
      for (const { at, to, project } of changes) {
        // The project is as it is now, and may have been retried since it failed.
        line(at, to, to === project.status ? nameAndError(project) : printable(project.name));
      }
      if (batch.status !== status) {
        status = batch.status;
        line(
          changes.at(-1)?.at ?? new Date().toISOString(),
          status,
          `Batch ${printable(batch.name)}: ${countsWords(batch)}`,
        );
      }
    },
    note: (text) => void stderr.write(`${text}\n`),
    [Symbol.dispose]: () => {},
  };
}
