import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

const WINDOW_S = 60;

/**
 * How often each client asks: so many times within the minute that begins with its first request. A
 * client is forgotten when its minute is over, so that the memory is bounded by what a minute brings.
 */
export class RequestRate {
  readonly #minutes: RateLimiterMemory | undefined;

  /** 0 lets everybody ask as often as they like. */
  constructor(requestsPerMinute: number) {
    this.#minutes =
      requestsPerMinute === 0 ? undefined : new RateLimiterMemory({ points: requestsPerMinute, duration: WINDOW_S });
  }

  /** Counts one request. Gives after how many milliseconds the client may ask again; 0: it may do so now. */
  async take(client: string): Promise<number> {
    try {
      await this.#minutes?.consume(client);
      return 0;
    } catch (refused) {
      if (refused instanceof RateLimiterRes) {
        return Math.max(1, refused.msBeforeNext);
      }
      throw refused;
    }
  }

  /** How many clients are remembered. */
  get size(): number {
    return this.#minutes?.dump().storage.length ?? 0;
  }
}
