import type { Caller } from '../graphql/index.ts';
import type { Traced } from './request-log.ts';

/** What comes with each operation from the server, over HTTP and WebSocket alike. */
export interface Incoming {
  readonly caller: Caller;
  readonly traced: Traced;
  /** When it came, on the clock of performance.now(). */
  readonly arrivedMs: number;
  /** Whose share of the limits it takes. */
  readonly client: string;
  /** Aborts once the caller's token is found to be no longer taken, which is looked at now and then. */
  readonly revoked: AbortSignal;
  /** Whether the caller's token is taken at this moment, as far as is known. */
  isStillIn(): boolean;
}
