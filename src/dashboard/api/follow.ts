import type { ApolloClient, OperationVariables, TypedDocumentNode } from '@apollo/client';
import { session } from '../session/session.ts';
import type { ConnectionStore } from './connection.ts';
import { isForGood, refusalIn } from './refusal.ts';

/** A subscription that is to be followed over any number of connections. */
export interface Following<Data, Variables extends OperationVariables> {
  client: ApolloClient;
  connection: ConnectionStore;
  document: TypedDocumentNode<Data, Variables>;
  /** What to ask for, at each attempt anew: with the cursor of the last event. */
  variables: () => Variables;
  /** An event; it is in the cache by now. */
  onEvent: (data: Data) => void;
  /** There is a connection again after one was lost. */
  onReturn?: () => void;
  /** Whether the stream may be complete by now; one that ends before that is followed on. Never, unless told. */
  mayEnd?: () => boolean;
  /** The stream is complete. */
  onEnd?: () => void;
  /** The service refuses: trying again would not help. */
  onRefused?: () => void;
}

const MIN_PAUSE_MS = 250;
const MAX_PAUSE_MS = 5_000;

/**
 * Follows a subscription until it is complete, refused, or the result is called. After a lost
 * connection it goes on by itself: after a growing pause, and at once when the browser is online or
 * looked at again, or another subscription has found the service.
 */
export function follow<Data, Variables extends OperationVariables>(following: Following<Data, Variables>): () => void {
  const { client, connection, variables } = following;
  const over = new AbortController();
  let pauseMs = MIN_PAUSE_MS;
  let wasLost = false;
  let pending: ReturnType<typeof setTimeout> | undefined;
  let current: { unsubscribe(): void } | undefined;

  const attempt = () => {
    clearTimeout(pending);
    pending = undefined;
    let isOver = false;
    const query = following.document;
    current = client.subscribe({ query, variables: variables(), fetchPolicy: 'network-only' }).subscribe({
      next: ({ data, error }) => {
        if (error !== undefined) {
          isOver = true;
          const refusal = refusalIn(error);
          if (refusal !== undefined && isForGood(refusal)) {
            following.onRefused?.();
          } else {
            retry();
          }
        } else if (data != null) {
          following.onEvent(data);
        }
      },
      complete: () => {
        if (isOver || over.signal.aborted) {
          return;
        }
        if (following.mayEnd?.() === true) {
          following.onEnd?.();
        } else {
          retry();
        }
      },
    });
  };
  const retry = () => {
    // Whoever is let in no more has not lost the connection; nothing shows that would go on.
    if (!over.signal.aborted && session.getOutside() === undefined) {
      wasLost = true;
      connection.lost();
      pending = setTimeout(attempt, pauseMs * (0.75 + Math.random() / 2));
      pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
    }
  };
  const hurry = () => {
    if (pending !== undefined && globalThis.document.visibilityState === 'visible') {
      attempt();
    }
  };
  const stopListening = connection.listen(() => {
    if (connection.get().state === 'live' && wasLost) {
      hurry();
      wasLost = false;
      pauseMs = MIN_PAUSE_MS;
      following.onReturn?.();
    }
  });
  window.addEventListener('online', hurry, { signal: over.signal });
  globalThis.document.addEventListener('visibilitychange', hurry, { signal: over.signal });
  attempt();
  return () => {
    over.abort();
    stopListening();
    clearTimeout(pending);
    current?.unsubscribe();
  };
}
