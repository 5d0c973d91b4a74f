import pg from 'pg';
import { Sockets } from './server-address.ts';
import { within } from './within.ts';

/** How long a connection that listens may be silent. */
export interface ConnectionTimes {
  /** Between two checks that the server still answers. */
  heartbeatMs: number;
  /** A connection or an answer that takes longer than this has failed. */
  answerMs: number;
}

const CLOSE_MS = 1_000;

/** One connection that only listens. It watches itself, as a half-open connection says nothing. */
export class ListenConnection implements AsyncDisposable {
  /** Settles once the connection is of no more use, with the reason. */
  readonly lost: Promise<Error>;
  readonly #lose: (reason: Error) => void;
  readonly #client: pg.Client;
  readonly #sockets = new Sockets();
  readonly #times: ConnectionTimes;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    config: pg.ClientConfig,
    times: ConnectionTimes,
    onNotification: (channel: string, payload: string) => void,
  ) {
    this.#times = times;
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.lost = promise;
    this.#lose = resolve;
    this.#client = new pg.Client({ ...config, stream: this.#sockets.make });
    this.#client.on('error', resolve);
    this.#client.on('end', () => resolve(new Error('the server ended the connection')));
    this.#client.on('notification', ({ channel, payload = '' }) => onNotification(channel, payload));
  }

  /** Connects and hears these channels; whether that went well. If not, the connection is lost. */
  async open(channels: string[]): Promise<boolean> {
    const statements = channels.map((channel) => `LISTEN ${pg.escapeIdentifier(channel)}`);
    const isOpen = await this.#try(async () => {
      await this.#client.connect();
      await this.#client.query(statements.join(';'));
    });
    if (isOpen) {
      this.#scheduleHeartbeat();
    }
    return isOpen;
  }

  /** Begins to hear a channel. */
  async listen(channel: string): Promise<void> {
    await this.#try(() => this.#client.query(`LISTEN ${pg.escapeIdentifier(channel)}`));
  }

  /** Ceases to hear a channel. */
  async unlisten(channel: string): Promise<void> {
    await this.#try(() => this.#client.query(`UNLISTEN ${pg.escapeIdentifier(channel)}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lose(new Error('closed'));
    await within(CLOSE_MS, this.#client.end(), () => undefined).catch(() => {});
    this.#sockets.destroyAll();
  }

  /** Whether something succeeds in time. The connection is lost where it does not. */
  #try(action: () => Promise<unknown>): Promise<boolean> {
    // One after the other: node-postgres takes no second query while one is under way.
    const turn = this.#turn.then(async () => {
      const { answerMs } = this.#times;
      try {
        await within(answerMs, action(), () => {
          throw new Error(`the server did not answer for ${answerMs} ms`);
        });
        return true;
      } catch (error) {
        this.#lose(error instanceof Error ? error : new Error(String(error)));
        return false;
      }
    });
    this.#turn = turn;
    return turn;
  }

  #scheduleHeartbeat(): void {
    const timer = setTimeout(async () => {
      if (await this.#try(() => this.#client.query('SELECT 1'))) {
        this.#scheduleHeartbeat();
      }
    }, this.#times.heartbeatMs);
    void this.lost.then(() => clearTimeout(timer));
  }
}
