import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { createClient } from 'graphql-ws';
import { eventOf, failureOf, type Service } from './client.ts';
import { ConnectionError, RequestError, SignInError } from './failures.ts';
import { authorizationOf, FORBIDDEN_CLOSE, signInError } from './sign-in.ts';

/** A connection over which nothing has come back for PING_MS + PONG_MS is dead, whatever the socket says. */
const PING_MS = 10_000;
const PONG_MS = 5_000;

/**
 * Runs a subscription over WebSocket until it completes, or until the connection is closed, which can
 * look the same. Throws RequestError, SignInError, or ConnectionError when the connection breaks; it
 * does not reconnect, as the caller knows best where to go on.
 */
export async function* subscribe<Result extends object, Variables extends Record<string, unknown>>(
  service: Service,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): AsyncGenerator<Result, void> {
  const { url, token, signal } = service;
  let reached = false;
  let isForbidden = false;
  let pongDue: NodeJS.Timeout | undefined;
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    connectionParams: () => authorizationOf(token),
    retryAttempts: 0,
    onNonLazyError: () => {},
    connectionAckWaitTimeout: PING_MS + PONG_MS,
    keepAlive: PING_MS,
    on: {
      connected: () => {
        reached = true;
      },
      // A network that went away closes no socket.
      ping: (received) => {
        if (!received) {
          pongDue = setTimeout(() => client.terminate(), PONG_MS);
        }
      },
      pong: () => clearTimeout(pongDue),
      // After some closings it would connect and subscribe again, from a place that is long past.
      closed: (event) => {
        isForbidden = isCloseEvent(event) && event.code === FORBIDDEN_CLOSE;
        void dispose();
      },
    },
  });
  // Rejects with what has closed a connection that was being opened, which the operation is told, too.
  const dispose = () => Promise.resolve(client.dispose()).catch(() => {});
  const stop = () => client.terminate();
  signal?.addEventListener('abort', stop);
  try {
    signal?.throwIfAborted();
    for await (const answer of client.iterate<Result>({ query: print(document), variables })) {
      yield eventOf(answer, document, service);
    }
    signal?.throwIfAborted();
    if (isForbidden) {
      throw signInError(url, token);
    }
    if (!reached) {
      // Disposed of when its connection was closed, the client ends the operation as if all had been said.
      throw brokenError(url, reached);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof RequestError || error instanceof SignInError || error instanceof ConnectionError) {
      throw error;
    }
    if (isForbidden) {
      throw signInError(url, token);
    }
    // The errors that answered the operation itself; otherwise whatever ended the connection.
    throw Array.isArray(error) ? failureOf(error, service) : brokenError(url, reached, error);
  } finally {
    clearTimeout(pongDue);
    signal?.removeEventListener('abort', stop);
    await dispose();
  }
}

function isCloseEvent(event: unknown): event is CloseEvent {
  return typeof event === 'object' && event !== null && 'code' in event;
}

function brokenError(url: string, reached: boolean, cause?: unknown): ConnectionError {
  const message = reached
    ? `The connection to ${url} broke: run the command again`
    : `No WebSocket can be opened at ${url}: a proxy in between has to let them through`;
  return new ConnectionError(message, { reached, cause });
}
