import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { reasonOf } from './errors.ts';
import { type ConnectionTimes, ListenConnection } from './listen-connection.ts';
import type { DatabaseLog } from './log.ts';

/** How a listener keeps its connection. */
export interface ListenerTimes extends ConnectionTimes {
  /** Before the first try to connect again; doubles with each failure. */
  minBackoffMs: number;
  maxBackoffMs: number;
}

// A half-open connection is noticed within heartbeatMs + answerMs.
const TIMES: ListenerTimes = { heartbeatMs: 4_000, answerMs: 4_000, minBackoffMs: 100, maxBackoffMs: 5_000 };

interface Subscriber {
  onNotification: (payload: string) => void;
  onGap: () => void;
}

/**
 * Hears any number of channels over one connection, which it makes with the first of them, and
 * makes again whenever it is lost.
 */
export class Listener implements AsyncDisposable {
  readonly #config: pg.ClientConfig;
  readonly #log: DatabaseLog;
  readonly #times: ListenerTimes;
  readonly #stop = new AbortController();
  readonly #channels = new Map<string, Set<Subscriber>>();
  #connection: ListenConnection | undefined;
  /** Settles with the present try to connect, however that ends. */
  #attempt: Promise<unknown> = Promise.resolve();
  #running: Promise<void> | undefined;

  constructor(config: pg.ClientConfig, log: DatabaseLog, times: ListenerTimes = TIMES) {
    this.#config = config;
    this.#log = log;
    this.#times = times;
  }

  /**
   * Hears a channel until the result is disposed of. Resolves once the channel is heard; where the
   * server can't be reached, after the first try, and onGap follows when it is back.
   */
  async listen(
    channel: string,
    onNotification: (payload: string) => void,
    onGap: () => void,
  ): Promise<AsyncDisposable> {
    const subscriber = { onNotification, onGap };
    const subscribers = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, subscribers.add(subscriber));
    this.#running ??= this.#run();
    await this.#attempt;
    await this.#connection?.listen(channel);
    return {
      [Symbol.asyncDispose]: async () => {
        subscribers.delete(subscriber);
        if (subscribers.size === 0 && this.#channels.get(channel) === subscribers) {
          this.#channels.delete(channel);
          await this.#connection?.unlisten(channel);
        }
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#connection?.[Symbol.asyncDispose]();
    await this.#running;
  }

  /** Keeps a connection until it is told to stop. */
  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let failures = 0;
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      failures = (await this.#hold(isFirst)) ? 0 : failures + 1;
      await delay(this.#backoffMs(failures), undefined, { signal }).catch(() => {});
    }
  }

  /** Makes a connection and stays with it until it is lost; whether it ever stood. */
  async #hold(isFirst: boolean): Promise<boolean> {
    await using connection = new ListenConnection(this.#config, this.#times, (channel, payload) => {
      this.#tell(channel, ({ onNotification }) => onNotification(payload));
    });
    const opening = connection.open([...this.#channels.keys()]);
    this.#attempt = opening;
    this.#connection = connection;
    const isOpen = await opening;
    if (isOpen && !isFirst) {
      this.#log.info({}, 'listening to the database again');
      for (const channel of this.#channels.keys()) {
        this.#tell(channel, ({ onGap }) => onGap());
      }
    }
    const reason = await connection.lost;
    this.#connection = undefined;
    if (!this.#stop.signal.aborted) {
      this.#log.warn({ err: reason }, `not listening to the database: ${reasonOf(reason)}`);
    }
    return isOpen;
  }

  #tell(channel: string, call: (subscriber: Subscriber) => void): void {
    for (const subscriber of [...(this.#channels.get(channel) ?? [])]) {
      try {
        call(subscriber);
      } catch (error) {
        this.#log.error({ err: error, channel }, 'a listener threw');
      }
    }
  }

  /** Full jitter would let some come back at once; half of it spreads them well enough. */
  #backoffMs(failures: number): number {
    const { minBackoffMs, maxBackoffMs } = this.#times;
    const limitMs = Math.min(maxBackoffMs, minBackoffMs * 2 ** failures);
    return limitMs * (0.5 + Math.random() / 2);
  }
}
