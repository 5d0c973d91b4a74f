import { use, useMemo } from 'react';
import { LanguageContext } from './locale.ts';

/** Numbers, times and durations as a reader of the language writes them. */
export interface Formats {
  number(value: number): string;
  /** A whole per cent from 0 to 100; 100 only where it is all. */
  percent(value: number): string;
  /** Date and time, to the minute. */
  moment(iso: string): string;
  /** Date and time, to the second. */
  exactMoment(iso: string): string;
  /** The time of day, to the second. */
  timeOfDay(date: Date): string;
  /** "3m 12s": milliseconds, in at most two units. */
  duration(ms: number): string;
  /** The same for what may be over in no time: "2.3s" below ten seconds, "40ms" below one. */
  preciseDuration(ms: number): string;
}

const MINUTE_MS = 60_000;

/** The formats for a BCP 47 tag. */
export function formatsFor(tag: string): Formats {
  const number = new Intl.NumberFormat(tag);
  const percent = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 0 });
  const moment = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' });
  const exact = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'medium' });
  const time = new Intl.DateTimeFormat(tag, { timeStyle: 'medium' });
  const duration = new Intl.DurationFormat(tag, { style: 'narrow' });
  // Units that are zero are left out unless they are asked for: of "0 seconds", nothing would be left.
  const seconds = new Intl.DurationFormat(tag, { style: 'narrow', secondsDisplay: 'always' });
  const tenths = new Intl.DurationFormat(tag, { style: 'narrow', milliseconds: 'numeric', fractionalDigits: 1 });
  const milliseconds = new Intl.DurationFormat(tag, { style: 'narrow', millisecondsDisplay: 'always' });
  const formatDuration = (ms: number) => (ms < MINUTE_MS ? seconds : duration).format(durationOf(ms));
  return {
    number: (value) => number.format(value),
    percent: (value) => percent.format(Math.floor(value) / 100),
    moment: (iso) => moment.format(new Date(iso)),
    exactMoment: (iso) => exact.format(new Date(iso)),
    timeOfDay: (date) => time.format(date),
    duration: formatDuration,
    preciseDuration: (ms) => {
      if (ms >= 10_000) {
        return formatDuration(ms);
      }
      const whole = Math.max(0, Math.floor(ms));
      return whole < 1_000
        ? milliseconds.format({ milliseconds: whole })
        : tenths.format({ seconds: Math.floor(whole / 1_000), milliseconds: whole % 1_000 });
    },
  };
}

/** Splits milliseconds into the two largest units that are not zero; at least "0 seconds". */
export function durationOf(ms: number): { days?: number; hours?: number; minutes?: number; seconds?: number } {
  const total = Math.max(0, Math.floor(ms / 1000));
  const days = Math.floor(total / 86_400);
  const hours = Math.floor((total % 86_400) / 3_600);
  const minutes = Math.floor((total % 3_600) / 60);
  const seconds = total % 60;
  if (days > 0) {
    return { days, hours };
  }
  if (hours > 0) {
    return { hours, minutes };
  }
  return minutes > 0 ? { minutes, seconds } : { seconds };
}

/** The formats of the page's language. */
export function useFormats(): Formats {
  const { formatTag } = use(LanguageContext);
  return useMemo(() => formatsFor(formatTag), [formatTag]);
}
