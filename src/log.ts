import { type Logger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';

/** The structured logger: one JSON object per line. */
export type Log = Logger;

/** How much is logged, from most to least. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Logs to standard error: as lines for people on a terminal, else as JSON. */
export function createLog(level: LogLevel): Log {
  const stream = process.stderr.isTTY
    ? PinoPretty({ destination: 2, sync: true, ignore: 'pid,hostname' })
    : pino.destination({ dest: 2, sync: true });
  return pino({ level }, stream);
}
