// CommonJS of which Node sees only some of the names.
import progress, { type Options, type Params, type SingleBar } from 'cli-progress';
import stringWidth from 'string-width';
import { cut, padTo } from './columns.ts';

const { Format, MultiBar } = progress;

/** One row of a block of progress bars. */
export interface BarRow {
  /** 0 to 100. */
  readonly percent: number;
  /** What is the matter with it, in a column of its own; without one, the text gets its place. Printable. */
  readonly label?: string;
  /** Whatever else there is to say, in what columns are left. Printable. */
  readonly text: string;
  /** Puts a colour on the label or, without one, on the text. */
  paint?(shown: string): string;
}

/** A block of progress bars at the bottom of a terminal. Disposing of it leaves it as it is now, and the cursor below. */
export interface BarBlock extends Disposable {
  /** Writes a line above the block. */
  note(line: string): void;
}

const FRAMES_PER_S = 5;
const WIDE_BAR = barOf(20);
const NARROW_BAR = barOf(8);
/** On a terminal with fewer columns bars are short. */
const NARROW = 72;
/** On one with fewer still there are none. */
const TINY = 40;
/** The longest status, and a gap. */
const LABEL_COLUMNS = 22;
const DEFAULT_LINES = 24;
const DEFAULT_COLUMNS = 80;

/**
 * Shows rows on a terminal until it is disposed of. `draw` is asked for them before each frame, and
 * told how many there may be: never more than the terminal has lines.
 */
export function openBarBlock(output: NodeJS.WriteStream, draw: (maxRows: number) => readonly BarRow[]): BarBlock {
  const multi = new MultiBar(
    // The last frame is our own: the library would cut it without regard to colours.
    {
      stream: output,
      hideCursor: true,
      fps: FRAMES_PER_S,
      forceRedraw: true,
      clearOnComplete: true,
      format: formatRow,
    },
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
    note: (line) => multi.log(`${cut(line, output.columns || DEFAULT_COLUMNS)}\n`),
    [Symbol.dispose]() {
      output.off('resize', shrink);
      multi.stop();
      for (const row of draw(maxRows())) {
        output.write(`${rowText(row, output.columns || DEFAULT_COLUMNS)}\n`);
      }
    },
  };
}

function barOf(barsize: number): Options {
  return { barsize, barGlue: '', barCompleteString: '█'.repeat(barsize), barIncompleteString: '░'.repeat(barsize) };
}

function formatRow(_options: Options, { maxWidth }: Params, { row }: { row?: BarRow }): string {
  return row === undefined ? '' : rowText(row, maxWidth);
}

function rowText(row: BarRow, maxWidth: number): string {
  const percent = `${String(Math.floor(row.percent)).padStart(3)}%  `;
  const bar = maxWidth < TINY ? '' : Format.BarFormat(row.percent / 100, maxWidth < NARROW ? NARROW_BAR : WIDE_BAR);
  // One less than there are: some terminals start a new line after the last.
  const width = Math.max(0, maxWidth - 1);
  const start = cut(bar === '' ? percent : ` ${bar} ${percent}`, width);
  const rest = width - stringWidth(start);
  const label = row.label === undefined ? '' : padTo(`${row.label}  `, Math.min(LABEL_COLUMNS, rest));
  const text = cut(row.text, rest - stringWidth(label));
  const painted = row.paint ?? ((shown: string) => shown);
  return start + (label === '' ? painted(text) : painted(label) + text);
}
