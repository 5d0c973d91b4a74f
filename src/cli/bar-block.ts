// CommonJS of which Node sees only some of the names.
import progress, { type Options, type Params, type SingleBar } from 'cli-progress';
import stringWidth from 'string-width';
import { cut, padTo } from './columns.ts';

const { Format, MultiBar, Presets } = progress;

/** One row of a block of progress bars. */
export interface BarRow {
  /** 0 to 100. */
  readonly percent: number;
  /** What is the matter with it, in a column of its own. Printable. */
  readonly label: string;
  /** Whatever else there is to say, in what columns are left. Printable. */
  readonly text: string;
  /** Puts a colour on the label. */
  paint?(label: string): string;
}

/** A block of progress bars at the bottom of a terminal. Disposing of it leaves it as it is now, and the cursor below. */
export interface BarBlock extends Disposable {
  /** Writes a line above the block. */
  note(line: string): void;
}

const FRAMES_PER_S = 5;
const BAR_COLUMNS = 20;
const NARROW_BAR_COLUMNS = 8;
/** On a terminal with fewer columns bars are short. */
const NARROW = 72;
const LABEL_COLUMNS = 20;
const DEFAULT_LINES = 24;

/**
 * Shows rows on a terminal until it is disposed of. `draw` is asked for them before each frame, and
 * told how many there may be: never more than the terminal has lines.
 */
export function openBarBlock(output: NodeJS.WriteStream, draw: (maxRows: number) => readonly BarRow[]): BarBlock {
  const multi = new MultiBar(
    { stream: output, hideCursor: true, fps: FRAMES_PER_S, forceRedraw: true, format: formatRow },
    Presets.shades_classic,
  );
  const bars: SingleBar[] = [];
  // One less than there are lines, for the cursor below.
  const maxRows = () => Math.max(1, (output.rows || DEFAULT_LINES) - 1);
  const refresh = () => {
    const rows = draw(maxRows());
    while (bars.length < Math.min(rows.length, maxRows())) {
      bars.push(multi.create(100, 0, {}));
    }
    for (const [index, bar] of bars.entries()) {
      bar.update(rows[index]?.percent ?? 0, { row: rows[index] });
    }
  };
  const shrink = () => {
    for (const bar of bars.splice(maxRows())) {
      multi.remove(bar);
    }
  };
  output.on('resize', shrink);
  multi.on('update-pre', refresh);
  refresh();
  return {
    note: (line) => multi.log(`${cut(line, output.columns || 80)}\n`),
    [Symbol.dispose]() {
      output.off('resize', shrink);
      refresh();
      multi.stop();
    },
  };
}

function formatRow(options: Options, { progress: fraction, maxWidth }: Params, { row }: { row?: BarRow }): string {
  if (row === undefined) {
    return '';
  }
  const barsize = maxWidth < NARROW ? NARROW_BAR_COLUMNS : BAR_COLUMNS;
  const bar = Format.BarFormat(fraction, { ...options, barsize });
  const label = padTo(row.label, LABEL_COLUMNS);
  const start = ` ${bar} ${String(Math.floor(row.percent)).padStart(3)}%  `;
  const left = maxWidth - stringWidth(`${start}${label}  `) - 1;
  return `${start}${row.paint?.(label) ?? label}  ${cut(row.text, Math.max(0, left))}`;
}
