import type { Caller } from '../graphql/index.ts';
import type { Traced } from './request-log.ts';

/** What comes with each operation from the server, over HTTP and WebSocket alike. */
export interface Incoming {
  readonly caller: Caller;
  readonly traced: Traced;
  /** Whose share of the limits it takes. */
  readonly client: string;
  /** Aborts once the caller's token is no longer taken. */
  readonly revoked: AbortSignal;
}
