import { type DestinationStream, type Logger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';

/** The structured logger: one JSON object per line. */
export type Log = Logger;

/** How much is logged, from most to least. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Logs to standard error, as lines for people on a terminal, else as JSON; or to another stream, as JSON. */
export function createLog(level: LogLevel, stream: DestinationStream = standardError()): Log {
  return pino({ level, serializers: { err: describe } }, stream);
}

function standardError(): DestinationStream {
  return process.stderr.isTTY
    ? PinoPretty({ destination: 2, sync: true, ignore: 'pid,hostname' })
    : pino.destination({ dest: 2, sync: true });
}

/** What is no error may be a text of any size; the log shows so much of it, in UTF-16 units. */
const THROWN_MAX = 2_000;

/** Anything can be thrown, also what can't be looked at: to tell of it must not throw again. */
function describe(thrown: unknown): unknown {
  try {
    return thrown instanceof Error ? pino.stdSerializers.err(thrown) : { thrown: String(thrown).slice(0, THROWN_MAX) };
  } catch {
    return { thrown: 'an error that cannot be put into words' };
  }
}
