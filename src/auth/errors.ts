import { StartError } from '../errors.ts';
import type { Message } from '../messages.ts';
import { say } from '../messages.ts';

/** The code for a caller that has to come with another token. */
export const UNAUTHENTICATED = 'UNAUTHENTICATED';
/** The code for a caller that may come again as it is, later. */
export const SERVICE_UNAVAILABLE = 'SERVICE_UNAVAILABLE';

/** Why a caller is not let in. Its text is made from `said` in the caller's language. */
export abstract class AuthError extends Error {
  abstract readonly code: typeof UNAUTHENTICATED | typeof SERVICE_UNAVAILABLE;
  readonly said: Message;

  constructor(said: Message, options?: ErrorOptions) {
    super(say(said, 'en'), options);
    this.said = said;
    this.name = this.constructor.name;
  }
}

/** There is no token, or one that is not taken. */
export class Unauthenticated extends AuthError {
  readonly code = UNAUTHENTICATED;
}

/** Whether the token is good can't be told for the moment. The cause is for the log only. */
export class AuthenticationUnavailable extends AuthError {
  readonly code = SERVICE_UNAVAILABLE;

  constructor(cause: unknown) {
    super({ key: 'authenticationUnavailable' }, { cause });
  }
}

/** AUTH_TOKENS, or the file that it names, is wrong: one problem per line, and neither token nor hash in any. */
export class AuthTokensError extends StartError {
  override readonly name = 'AuthTokensError';
}
