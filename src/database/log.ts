/** What this room asks of a logger; a pino logger is one. */
export interface DatabaseLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** A log that goes nowhere. */
export const silentLog: DatabaseLog = { info() {}, warn() {}, error() {} };
