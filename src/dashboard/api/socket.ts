import { type Client, createClient } from 'graphql-ws';
import type { SessionStore } from '../session/session.ts';
import type { ConnectionStore } from './connection.ts';

/** How often the service is asked whether it is still there, and how long it may take to say so. */
const PING_MS = 5_000;
const PONG_MS = 4_000;
/** How long it may take to connect: a browser itself would wait for minutes. */
const CONNECT_MS = 5_000;
/** The service closes a connection with this for want of a valid token, at its beginning or later. */
const FORBIDDEN = 4403;

/**
 * The WebSocket that all subscriptions share. It does not connect again by itself: whoever
 * subscribes knows best where to go on. A connection that is dead without a word is cut off.
 */
export function openSocket(url: string, connection: ConnectionStore, session: SessionStore): Client {
  let authorization: string | undefined;
  let overdue: ReturnType<typeof setTimeout> | undefined;
  const expect = (withinMs: number) => {
    clearTimeout(overdue);
    overdue = setTimeout(() => client.terminate(), withinMs);
  };
  const client = createClient({
    url,
    connectionParams: () => {
      authorization = session.authorization;
      return authorization === undefined ? undefined : { authorization };
    },
    retryAttempts: 0,
    keepAlive: PING_MS,
    // One page goes as the next one comes.
    lazyCloseTimeout: 2_000,
    on: {
      connecting: () => expect(CONNECT_MS),
      connected: () => {
        clearTimeout(overdue);
        connection.live();
      },
      ping: (received) => {
        if (!received) {
          expect(PONG_MS);
        }
      },
      pong: (received) => {
        if (received) {
          clearTimeout(overdue);
        }
      },
      closed: (event) => {
        clearTimeout(overdue);
        if (event instanceof CloseEvent && event.code === FORBIDDEN) {
          session.refuse(authorization);
        }
      },
      error: () => clearTimeout(overdue),
    },
  });
  return client;
}
