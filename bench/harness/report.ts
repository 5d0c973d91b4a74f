import { writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { resolve } from 'node:path';
import stringWidth from 'string-width';
import { type Goal, isReached } from './goal.ts';
import type { Figure, Quantity } from './row.ts';

/** Where the figures of the last run are. */
export const RESULTS_FILE = resolve(import.meta.dirname, '../results.json');

const HEAD = ['row', 'backend', 'what', 'ours', 'peer or limit', 'ratio', 'to reach', 'reached'];

/** The figures as one table. */
export function tableOf(figures: readonly Figure[]): string {
  const lines = [HEAD, ...figures.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((cells) => stringWidth(cells[column] ?? ''))));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)))
      .join('  ')
      .trimEnd();
  const [head = [], ...rest] = lines;
  return `${[line(head), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n')}\n`;
}

function cellsOf(figure: Figure): string[] {
  const { row, backend, what, ours, peer, goal } = figure;
  const ratio = ratioOf(figure);
  const reached = goal === undefined ? undefined : isReached(goal, ours.value, ratio);
  return [
    row,
    backend,
    what,
    show(ours),
    peer === undefined ? '-' : `${show(peer)} ${peer.name}`,
    ratio === undefined ? '-' : `${rounded(ratio)}x`,
    goal === undefined ? 'report' : showGoal(goal, ours.unit),
    reached === undefined ? '-' : reached ? 'yes' : 'NO',
  ];
}

/** Ours in terms of the peer; undefined where there is none. */
export function ratioOf({ ours, peer }: Figure): number | undefined {
  return peer === undefined ? undefined : ours.value / peer.value;
}

function show({ value, unit }: Quantity): string {
  return `${rounded(value)}${unit === '' ? '' : ` ${unit}`}`;
}

function showGoal({ of, least, most }: Goal, unit: string): string {
  const suffix = of === 'ratio' ? 'x' : unit === '' ? '' : ` ${unit}`;
  return most === undefined ? `at least ${rounded(least ?? 0)}${suffix}` : `at most ${rounded(most)}${suffix}`;
}

/** Three digits that tell something. */
function rounded(value: number): string {
  return Number(value.toPrecision(value >= 1_000 ? 4 : 3)).toLocaleString('en', { maximumFractionDigits: 6 });
}

/** Writes the figures with what they were measured on; gives the path. */
export async function writeResults(figures: readonly Figure[], quick: boolean, startedAt: Date): Promise<string> {
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model,
    cpus: cpus().length,
    memoryMb: Math.round(totalmem() / 1024 ** 2),
    loadAverage: loadavg(),
  };
  const rows = figures.map((figure) => {
    const ratio = ratioOf(figure);
    const { goal, ours } = figure;
    return { ...figure, ratio, reached: goal && isReached(goal, ours.value, ratio) };
  });
  const results = { startedAt, endedAt: new Date(), quick, machine, figures: rows };
  await writeFile(RESULTS_FILE, `${JSON.stringify(results, undefined, 2)}\n`);
  return RESULTS_FILE;
}
