/** Something that can't be done as it was asked for. Each of its lines says what to do about it. */
export class RefusedError extends Error {
  override readonly name: string = 'RefusedError';
}

/** The service answered, but not with what was asked for. */
export class RequestError extends RefusedError {
  override readonly name = 'RequestError';
  /** extensions.code of the first error, where there is one. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

/** Nothing can be written to a folder: what comes after it could not be, either. */
export class UnwritableError extends RefusedError {
  override readonly name = 'UnwritableError';
}

/** The service lets nobody in without a valid token. Trying again would not help. */
export class SignInError extends RefusedError {
  override readonly name = 'SignInError';
}

/** The service can't be reached, or the connection to it broke. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  /** Whether the service may have got the request: true where the connection broke in the middle. */
  readonly reached: boolean;

  constructor(message: string, { reached, cause }: { reached: boolean; cause?: unknown }) {
    super(message, { cause });
    this.reached = reached;
  }
}

/** The user pressed Ctrl-C where it asks something: a terminal tells that as a key, not as a signal. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/** error.code of Node's own errors, such as ENOENT. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
