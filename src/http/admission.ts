import { GraphQLError } from 'graphql';
import { OpenCounts } from './open-counts.ts';
import { RequestRate } from './request-rate.ts';

/** How much one client may have and do, and all of them together. */
export interface ClientLimits {
  /** Requests under way and WebSockets. */
  readonly maxConnectionsPerClient: number;
  readonly maxSubscriptionsPerClient: number;
  /** Of all clients of this process. */
  readonly maxSubscriptions: number;
  /** Operations under way on one WebSocket. */
  readonly maxOperationsPerSocket: number;
  /** HTTP requests, WebSockets and operations on them; 0: as many as there are. */
  readonly requestsPerMinute: number;
}

/** The limits, unless they are configured. */
export const CLIENT_LIMITS: ClientLimits = {
  maxConnectionsPerClient: 256,
  maxSubscriptionsPerClient: 1_000,
  maxSubscriptions: 20_000,
  maxOperationsPerSocket: 100,
  requestsPerMinute: 6_000,
};

/** The client has as many requests under way and WebSockets as one may have. */
export const CONNECTION_LIMIT_EXCEEDED = 'CONNECTION_LIMIT_EXCEEDED';
/** The client, or the process, has as many subscriptions as it may have. */
export const SUBSCRIPTION_LIMIT_EXCEEDED = 'SUBSCRIPTION_LIMIT_EXCEEDED';
/** The client asks too often. */
export const RATE_LIMITED = 'RATE_LIMITED';

const EVERYBODY = '';

/** Lets clients in, up to the limits. Whatever is refused throws a GraphQLError with a code and a status. */
export class Admission {
  readonly #limits: ClientLimits;
  readonly #connections: OpenCounts;
  readonly #subscriptionsOfClients: OpenCounts;
  readonly #subscriptions: OpenCounts;
  readonly #rate: RequestRate;

  constructor(limits: ClientLimits = CLIENT_LIMITS) {
    this.#limits = limits;
    this.#connections = new OpenCounts(limits.maxConnectionsPerClient);
    this.#subscriptionsOfClients = new OpenCounts(limits.maxSubscriptionsPerClient);
    this.#subscriptions = new OpenCounts(limits.maxSubscriptions);
    this.#rate = new RequestRate(limits.requestsPerMinute);
  }

  /** Counts one request or operation that begins. Throws RATE_LIMITED (429) with retryAfterMs. */
  async countRequest(client: string): Promise<void> {
    const retryAfterMs = await this.#rate.take(client);
    if (retryAfterMs > 0) {
      const message = `A client may ask ${this.#limits.requestsPerMinute} times a minute. Try again later.`;
      const headers = { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) };
      throw refusal(RATE_LIMITED, message, { http: { status: 429, headers }, retryAfterMs });
    }
  }

  /**
   * Takes a request or a WebSocket in until the result is disposed of. Throws
   * CONNECTION_LIMIT_EXCEEDED (429).
   */
  openConnection(client: string): Disposable {
    const connection = this.#connections.open(client);
    if (connection === undefined) {
      const { maxConnectionsPerClient: max } = this.#limits;
      const message = `A client may have at most ${max} requests and WebSockets open at a time.`;
      throw refusal(CONNECTION_LIMIT_EXCEEDED, message, { http: { status: 429 } });
    }
    return connection;
  }

  /** Takes a subscription in until the result is disposed of. Throws SUBSCRIPTION_LIMIT_EXCEEDED (429 or 503). */
  openSubscription(client: string): Disposable {
    const own = this.#subscriptionsOfClients.open(client);
    if (own === undefined) {
      const message = `A client may have at most ${this.#limits.maxSubscriptionsPerClient} subscriptions at a time.`;
      throw refusal(SUBSCRIPTION_LIMIT_EXCEEDED, message, { http: { status: 429 } });
    }
    const shared = this.#subscriptions.open(EVERYBODY);
    if (shared === undefined) {
      own[Symbol.dispose]();
      const message = 'The service has as many subscriptions as it takes. Try again later.';
      throw refusal(SUBSCRIPTION_LIMIT_EXCEEDED, message, { http: { status: 503 } });
    }
    const both = new DisposableStack();
    both.use(own);
    both.use(shared);
    return both;
  }
}

function refusal(code: string, message: string, extensions: Record<string, unknown>): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...extensions } });
}
