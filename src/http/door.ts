import type { Authenticator } from '../auth/authenticator.ts';
import type { Principal } from '../auth/principal.ts';
import { beginServed } from '../tracing/span.ts';
import type { Admission } from './admission.ts';
import type { Arrival } from './arrival.ts';
import { identify } from './identify.ts';
import type { Incoming } from './incoming.ts';
import type { Session, Sessions } from './sessions.ts';

/** What stands between a request and GraphQL. */
export interface DoorOptions {
  authenticator: Authenticator;
  admission: Admission;
  sessions: Sessions;
}

/** Somebody who has been let in. Disposing of it says that they have gone. */
export interface Guest extends Session {
  readonly principal: Principal;
  /** Whose share of the limits they take. */
  readonly client: string;
}

/** Lets callers in who may come in, over HTTP and over WebSocket alike. */
export class Door {
  readonly #options: DoorOptions;

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  /**
   * Lets somebody in by their token, and looks after it from then on. Throws a GraphQLError:
   * UNAUTHENTICATED, SERVICE_UNAVAILABLE, or RATE_LIMITED for an address that tries too often.
   */
  async enter(arrival: Arrival, authorization: string | undefined): Promise<Guest> {
    const { authenticator, admission, sessions } = this.#options;
    const byAddress = `address ${arrival.address}`;
    try {
      const principal = await identify(authenticator, { ...arrival, authorization });
      const session = sessions.open(authorization, principal);
      const client = authenticator.isRequired ? `subject ${principal.subject}` : byAddress;
      return { principal, client, signal: session.signal, [Symbol.dispose]: () => session[Symbol.dispose]() };
    } catch (error) {
      await admission.countRequest(byAddress);
      throw error;
    }
  }

  /** What comes with an operation of somebody who has been let in. It is to be answered: that ends its span. */
  incomingOf(arrival: Arrival, { principal, client, signal }: Guest): Incoming {
    const { locale, requestId, log, traced, arrivedMs } = arrival;
    traced.span = beginServed('graphql', { 'showrunner.request.id': requestId }, arrival.trace);
    const { authenticator } = this.#options;
    const { id, expiresAtMs = Number.POSITIVE_INFINITY } = principal;
    return {
      caller: { principal, locale, requestId, log, eventTime: {} },
      traced,
      arrivedMs,
      client,
      revoked: signal,
      isStillIn: () => !signal.aborted && Date.now() < expiresAtMs && authenticator.isCurrent(id),
    };
  }
}
