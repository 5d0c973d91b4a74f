import stringWidth from 'string-width';

const ELLIPSIS = '…';

/**
 * A text from elsewhere, fit for one line of a terminal: nothing in it moves the cursor, changes
 * colours, starts a line or turns the direction of writing.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
}

/** A text cut to so many columns of a terminal, on which a Chinese character takes two. */
export function cut(text: string, columns: number): string {
  if (stringWidth(text) <= columns) {
    return text;
  }
  let kept = '';
  let used = stringWidth(ELLIPSIS);
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += stringWidth(segment);
    if (used > columns) {
      break;
    }
    kept += segment;
  }
  return columns > 0 ? kept + ELLIPSIS : '';
}

/** A text cut or filled to exactly so many columns. */
export function padTo(text: string, columns: number): string {
  const shown = cut(text, columns);
  return shown + ' '.repeat(Math.max(0, columns - stringWidth(shown)));
}

/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  /** What stands in it; printable. */
  text(row: Row): string;
  /** Puts colours on what stands in it. */
  paint?(text: string, row: Row): string;
  readonly align?: 'right';
  /** May be cut to so many columns where the terminal is too narrow for all. */
  readonly shortest?: number;
  /** May be left out where that is not enough. */
  readonly optional?: true;
}

const GAP = '  ';
/** A column that is cut to less says nothing. */
const SHORTEST = 4;

/**
 * The lines of a table, its columns aligned as a terminal shows them. `width` is how many columns
 * there are, and no line takes more; where there is no terminal nothing is cut or left out.
 */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width = Number.POSITIVE_INFINITY) {
  const shown = columns.map((column) => {
    const cells = rows.map((row) => column.text(row));
    return { column, cells, wide: Math.max(...[column.title, ...cells].map((cell) => stringWidth(cell))) };
  });
  const excess = () => shown.reduce((sum, { wide }) => sum + wide + GAP.length, -GAP.length) - width;
  for (const each of shown) {
    each.wide = Math.max(Math.min(each.column.shortest ?? each.wide, each.wide), each.wide - Math.max(0, excess()));
  }
  while (excess() > 0 && shown.some(({ column }) => column.optional)) {
    shown.splice(
      shown.findLastIndex(({ column }) => column.optional),
      1,
    );
  }
  while (excess() > 0 && shown.length > 0) {
    const widest = Math.max(...shown.map(({ wide }) => wide));
    const giving = shown.find(({ wide }) => wide === widest);
    if (giving === undefined || widest <= SHORTEST) {
      shown.pop();
    } else {
      giving.wide -= 1;
    }
  }
  const line = (cellOf: (entry: (typeof shown)[number]) => string) => shown.map(cellOf).join(GAP).trimEnd();
  return [
    line(({ column, wide }) => place(column.title, wide, column.align)),
    ...rows.map((row, index) =>
      line(({ column, cells, wide }) => {
        const text = place(cells[index] ?? '', wide, column.align);
        return column.paint?.(text, row) ?? text;
      }),
    ),
  ];
}

function place(text: string, columns: number, align: 'right' | undefined): string {
  const shown = cut(text, columns);
  return align === 'right' ? ' '.repeat(Math.max(0, columns - stringWidth(shown))) + shown : padTo(shown, columns);
}
