import { once } from 'node:events';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, MessageType, stringifyMessage } from 'graphql-ws';
import { type RawData, WebSocket } from 'ws';
import { nowMs, within } from './clock.ts';
import type { GraphqlRequest } from './requests.ts';

const AT_ONCE = 100;
const WAIT_MS = 120_000;
const ACK = '{"type":"connection_ack"';

/** When each of a number of messages arrived, on the machine's clock, and what the last one was. */
export interface Arrivals {
  atMs: readonly number[];
  last: string;
}

/** Many WebSockets, of which nothing but the arrival of messages is wanted. Disposing of them cuts them. */
export class Sockets implements Disposable {
  readonly #sockets: WebSocket[] = [];
  #atMs: number[] = [];
  #last: RawData | undefined;
  #awaited: { count: number; come: () => void; break: (error: Error) => void } | undefined;
  #broken: Error | undefined;

  /** Opens so many to a server that sends by itself. */
  static async open(url: string, count: number): Promise<Sockets> {
    const sockets = new Sockets();
    await sockets.#openAll(url, count, async () => {});
    return sockets;
  }

  /** Opens so many to a GraphQL server that lets them in; they ask for nothing. */
  static async connect(url: string, count: number): Promise<Sockets> {
    const sockets = new Sockets();
    await sockets.#openAll(url, count, connect);
    return sockets;
  }

  /** Subscribes with each, and does not wait for anything. */
  send({ query, variables = {} }: GraphqlRequest): void {
    const subscribe = stringifyMessage({ id: '1', type: MessageType.Subscribe, payload: { query, variables } });
    for (const socket of this.#sockets) {
      socket.send(subscribe);
    }
  }

  /** Subscribes with each, and waits for the first event of all. */
  async subscribe(request: GraphqlRequest): Promise<void> {
    const first = this.next(this.#sockets.length);
    this.send(request);
    const { last } = await first;
    if (!last.includes('"type":"next"') || last.includes('"errors"')) {
      throw new Error(`a subscription answered ${last.slice(0, 1_000)}`);
    }
  }

  get size(): number {
    return this.#sockets.length;
  }

  /** Waits for so many messages from now on, whichever sockets they come to. */
  async next(count: number): Promise<Arrivals> {
    if (this.#broken !== undefined) {
      throw this.#broken;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#atMs = [];
    this.#awaited = { count, come: resolve, break: reject };
    await within(WAIT_MS, `${count} messages`, promise);
    return { atMs: this.#atMs, last: String(this.#last) };
  }

  async #openAll(url: string, count: number, begin: (socket: WebSocket) => Promise<void>): Promise<void> {
    for (let begun = 0; begun < count; begun += AT_ONCE) {
      const opening = Array.from({ length: Math.min(AT_ONCE, count - begun) }, async () => {
        const socket = new WebSocket(url, GRAPHQL_TRANSPORT_WS_PROTOCOL, { perMessageDeflate: false });
        await once(socket, 'open');
        await begin(socket);
        socket.on('message', (data) => this.#take(data));
        socket.on('error', () => {});
        socket.on('close', (code) => this.#break(new Error(`a WebSocket was closed with ${code}`)));
        this.#sockets.push(socket);
      });
      await Promise.all(opening);
    }
  }

  #take(data: RawData): void {
    this.#atMs.push(nowMs());
    this.#last = data;
    if (this.#awaited?.count === this.#atMs.length) {
      this.#awaited.come();
    }
  }

  #break(error: Error): void {
    this.#broken = error;
    this.#awaited?.break(error);
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) {
      socket.removeAllListeners('message').removeAllListeners('close');
      socket.terminate();
    }
  }
}

async function connect(socket: WebSocket): Promise<void> {
  const answered = once(socket, 'message');
  socket.send(stringifyMessage({ type: MessageType.ConnectionInit }));
  const [answer] = await answered;
  if (!String(answer).startsWith(ACK)) {
    throw new Error(`connection_init was answered with ${answer}`);
  }
}
