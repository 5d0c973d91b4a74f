import { styleText } from 'node:util';
import type { BatchStatus, BatchSummaryFragment, ProjectStatus } from '../generated/cli-gql/graphql.ts';

const NUMBERS = new Intl.NumberFormat('en');

/** 10000 as 10,000. */
export function numeral(value: number): string {
  return NUMBERS.format(value);
}

/** So many of a thing: 1 project, 2 projects. */
export function count(value: number, one: string): string {
  return `${numeral(value)} ${value === 1 ? one : `${one}s`}`;
}

/** A status as people say it. */
export function statusWords(status: BatchStatus | ProjectStatus): string {
  return status === 'INITIALIZED' ? 'waiting' : status.toLowerCase().replaceAll('_', ' ');
}

const COLOURS: Partial<Record<BatchStatus | ProjectStatus, 'green' | 'red' | 'yellow' | 'gray'>> = {
  COMPLETED: 'green',
  FAILED: 'red',
  CANCELLED: 'yellow',
  PAUSED: 'yellow',
  QUEUED: 'gray',
  INITIALIZED: 'gray',
};

/** Puts the colour of a status on a text, where `output` shows colours and NO_COLOR does not forbid them. */
export function paintStatus(status: BatchStatus | ProjectStatus, text: string, output: NodeJS.WriteStream): string {
  return styleText(COLOURS[status] ?? 'cyan', text, { stream: output });
}

/** 12 of 30 completed, 4 running, 13 waiting, 1 failed. What is none is left out. */
export function countsWords(batch: BatchSummaryFragment): string {
  const rest = [
    [batch.runningProjects, 'running'],
    [batch.waitingProjects, 'waiting'],
    [batch.failedProjects, 'failed'],
    [batch.cancelledProjects, 'cancelled'],
  ] as const;
  return [
    `${numeral(batch.completedProjects)} of ${numeral(batch.totalProjects)} completed`,
    ...rest.filter(([value]) => value > 0).map(([value, word]) => `${numeral(value)} ${word}`),
  ].join(', ');
}

/** A length of time as people say it: 850 ms is 1 s, 65,000 ms are 1 min 05 s. */
export function durationWords(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  if (seconds < 60) {
    return `${seconds} s`;
  }
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  }
  const minutes = Math.round(seconds / 60);
  return `${numeral(Math.floor(minutes / 60))} h ${two(minutes % 60)} min`;
}

/** A size as people say it: 2,345,678 bytes are 2.3 MB. */
export function sizeWords(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** An instant by the clock and calendar of this machine: 2026-11-24 10:32:05. */
export function timeWords(instant: string): string {
  const date = new Date(instant);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}

/** How long a batch has worked so far, or did; undefined before it starts. */
export function elapsedMs({ startedAt, finishedAt }: BatchSummaryFragment, nowMs: number): number | undefined {
  if (startedAt == null) {
    return undefined;
  }
  return Math.max(0, (finishedAt == null ? nowMs : Date.parse(finishedAt)) - Date.parse(startedAt));
}
