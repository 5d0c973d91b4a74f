import { StartError } from '../errors.ts';

/** The database can't be reached or refuses the connection. Names server and database, never the password. */
export class DatabaseUnreachableError extends StartError {
  override readonly name = 'DatabaseUnreachableError';
}

/** The server is older than what the schema needs. */
export class DatabaseVersionError extends StartError {
  override readonly name = 'DatabaseVersionError';
}

/** Another process has the embedded database open. The message says which. */
export class DatabaseLockedError extends StartError {
  override readonly name = 'DatabaseLockedError';
}

/** The data folder can't be used. The message names it and says why. */
export class DataDirError extends StartError {
  override readonly name = 'DataDirError';
}

/** The migrations on disk and those in the database do not fit together, or one failed. */
export class MigrationError extends StartError {
  override readonly name = 'MigrationError';
}

/** The message of whatever was thrown, on one line. */
export function reasonOf(error: unknown): string {
  // A connection refused on IPv6 and IPv4 comes as an AggregateError with an empty message.
  if (error instanceof AggregateError && error.errors.length > 0) {
    return reasonOf(error.errors[0]);
  }
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message.replaceAll(/\s+/g, ' ').trim();
}
