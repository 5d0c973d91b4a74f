import { Writable } from 'node:stream';
import { createLog, type Log, type LogLevel } from '../../src/log.ts';

/** One line of a log. */
export type LogLine = Record<string, unknown>;

/** A log whose lines can be looked at and waited for. */
export interface WatchedLog {
  readonly log: Log;
  readonly lines: readonly LogLine[];
  /** The first line for which `test` holds; waits until there is one. */
  logged(test: (line: LogLine) => boolean): Promise<LogLine>;
}

/** Makes a log of a test's own, of this level and above. */
export function watchLog(level: LogLevel = 'info'): WatchedLog {
  const lines: LogLine[] = [];
  const waiting = new Set<() => void>();
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      for (const look of waiting) {
        look();
      }
      done();
    },
  });
  const logged = (test: (line: LogLine) => boolean) =>
    new Promise<LogLine>((resolve) => {
      const look = () => {
        const found = lines.find(test);
        if (found !== undefined) {
          waiting.delete(look);
          resolve(found);
        }
      };
      waiting.add(look);
      look();
    });
  return { log: createLog(level, stream), lines, logged };
}
