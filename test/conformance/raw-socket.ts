import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';

/** A message of graphql-transport-ws as it came, not checked in any way. */
export interface RawMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** How a socket was closed. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** How a socket is opened. */
export interface RawSocketOptions {
  /** graphql-transport-ws unless given; an empty list offers none. */
  protocols?: string | string[];
  /** Headers of the request that opens it. */
  headers?: Record<string, string>;
}

/** A WebSocket without any client library on it. Disposing of it closes it. */
export interface RawSocket extends AsyncDisposable {
  readonly socket: WebSocket;
  /** Every message so far, in order. */
  readonly received: readonly RawMessage[];
  /** Resolves once the server or this side has closed the socket. */
  readonly closed: Promise<Closed>;
  /**
   * Sends an object as JSON, a text as a text frame as it is, and bytes as a binary frame; several in
   * one go, so that the server has the last before it can have answered the first.
   */
  send(...frames: readonly (object | string)[]): void;
  /** The first message that fits, of those that came after the one that was given before; rejects once closed. */
  next(fits?: (message: RawMessage) => boolean): Promise<RawMessage>;
  /** Everything that came up to the answer of a ping: nothing of before it can be on its way any more. */
  settled(): Promise<readonly RawMessage[]>;
}

const PROTOCOL = 'graphql-transport-ws';

/** Opens a socket to a server and sends nothing. */
export async function openRawSocket(
  url: string,
  { protocols = PROTOCOL, headers = {} }: RawSocketOptions = {},
): Promise<RawSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, protocols, { headers });
  const received: RawMessage[] = [];
  const watchers = new Set<() => void>();
  const look = () => {
    for (const watcher of watchers) {
      watcher();
    }
  };
  socket.on('message', (data) => {
    received.push(JSON.parse(String(data)));
    look();
  });
  const closed = once(socket, 'close').then(([code, reason]): Closed => ({ code, reason: String(reason) }));
  const [upgraded]: IncomingMessage[][] = await Promise.all([once(socket, 'upgrade'), once(socket, 'open')]);
  const tcp = upgraded?.[0]?.socket;
  let given = 0;
  const next: RawSocket['next'] = (fits = () => true) =>
    new Promise((found, failed) => {
      const watcher = () => {
        while (given < received.length) {
          const message = received[given++];
          if (message !== undefined && fits(message)) {
            watchers.delete(watcher);
            found(message);
            return;
          }
        }
      };
      watchers.add(watcher);
      watcher();
      void closed.then(({ code, reason }) => failed(new Error(`closed with ${code} ${reason}`)));
    });
  let pings = 0;
  const raw: Omit<RawSocket, typeof Symbol.asyncDispose> = {
    socket,
    received,
    closed,
    send(...frames) {
      tcp?.cork();
      for (const frame of frames) {
        socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
      }
      tcp?.uncork();
    },
    next,
    async settled() {
      const ping = `settled ${++pings}`;
      const from = given;
      raw.send({ type: 'ping', payload: { ping } });
      await next(({ type, payload }) => type === 'pong' && JSON.stringify(payload).includes(`"${ping}"`));
      return received.slice(from, given - 1);
    },
  };
  return {
    ...raw,
    async [Symbol.asyncDispose]() {
      socket.terminate();
      await closed;
    },
  };
}

/** Opens a socket whose connection is acknowledged. */
export async function openConnection(url: string, options: RawSocketOptions = {}): Promise<RawSocket> {
  const raw = await openRawSocket(url, options);
  raw.send({ type: 'connection_init' });
  await raw.next(({ type }) => type === 'connection_ack');
  return raw;
}

/** The message that begins an operation. */
export function subscribe(id: string, query: string, variables?: Record<string, unknown>): RawMessage {
  return { id, type: 'subscribe', payload: { query, ...(variables && { variables }) } };
}

/** The message that ends an operation. */
export function complete(id: string): RawMessage {
  return { id, type: 'complete' };
}
