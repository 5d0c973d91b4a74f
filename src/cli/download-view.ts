import { basename } from 'node:path';
import { styleText } from 'node:util';
import { openBarBlock } from './bar-block.ts';
import { printable } from './columns.ts';
import type { FileOutcome, WantedFile } from './download.ts';
import { say, type Terminal } from './terminal.ts';
import { numeral, sizeWords } from './words.ts';

/** Shows how a download gets on. */
export interface DownloadView extends Disposable {
  progress(wanted: WantedFile, bytes: number, totalBytes: number | undefined): void;
  outcome(outcome: FileOutcome): void;
}

type Outputs = Pick<Terminal, 'stdout' | 'stderr'>;

/** Progress bars on a terminal; elsewhere a line per file. */
export function openDownloadView(outputs: Outputs, totalFiles: number): DownloadView {
  return outputs.stdout.isTTY ? barView(outputs, totalFiles) : lineView(outputs);
}

function barView({ stdout, stderr }: Outputs, totalFiles: number): DownloadView {
  const running = new Map<string, { bytes: number; totalBytes: number | undefined }>();
  let ended = 0;
  let endedBytes = 0;
  // Said in the end: they are longer than a line of a terminal, and must not scroll away.
  const problems: string[] = [];
  const block = openBarBlock(stdout, (maxRows) => {
    const rows = [...running].map(([file, { bytes, totalBytes }]) => ({
      percent: totalBytes === undefined || totalBytes === 0 ? 0 : (100 * bytes) / totalBytes,
      label: totalBytes === undefined ? sizeWords(bytes) : `${sizeWords(bytes)} of ${sizeWords(totalBytes)}`,
      text: printable(basename(file)),
    }));
    // Counted by files, as nobody knows how large those are that have not begun.
    const parts = rows.reduce((sum, { percent }) => sum + percent, 100 * ended);
    const allBytes = [...running.values()].reduce((sum, { bytes }) => sum + bytes, endedBytes);
    return [
      {
        percent: totalFiles === 0 ? 100 : parts / totalFiles,
        text: `${numeral(ended)} of ${numeral(totalFiles)} files · ${sizeWords(allBytes)}`,
        paint: (shown: string) => styleText('bold', shown, { stream: stdout }),
      },
      ...rows,
    ].slice(0, maxRows);
  });
  return {
    progress: ({ file }, bytes, totalBytes) => void running.set(file, { bytes, totalBytes }),
    outcome(outcome) {
      running.delete(outcome.file);
      ended += 1;
      if ('problem' in outcome) {
        problems.push(outcome.problem);
      } else {
        endedBytes += outcome.downloaded.bytes;
      }
    },
    [Symbol.dispose]() {
      block[Symbol.dispose]();
      for (const problem of problems) {
        stderr.write(`${problem}\n`);
      }
    },
  };
}

function lineView({ stdout, stderr }: Outputs): DownloadView {
  return {
    progress: () => {},
    outcome(outcome) {
      if ('problem' in outcome) {
        stderr.write(`${outcome.problem}\n`);
      } else {
        say({ stdout }, lineOf(outcome));
      }
    },
    [Symbol.dispose]: () => {},
  };
}

function lineOf(outcome: Extract<FileOutcome, { downloaded: unknown }>): string {
  const { bytes, fetched } = outcome.downloaded;
  return `${outcome.file}  ${sizeWords(bytes)}${fetched ? '' : ', there already'}`;
}
