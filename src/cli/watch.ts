import { setTimeout as delay } from 'node:timers/promises';
import type { WatchBatchSubscription } from '../generated/cli-gql/graphql.ts';
import type { Service } from './client.ts';
import { WatchBatch } from './documents.ts';
import { ConnectionError, RefusedError, RequestError } from './failures.ts';
import { subscribe } from './subscribe.ts';

/** One event of a batch that is watched. */
export type BatchEvent = WatchBatchSubscription['batchProgress'];

/** What has become of the connection to the service. */
export type ConnectionState = 'lost' | 'back' | 'back with a gap';

/** How to follow a batch. */
export interface WatchOptions {
  /** Cursor of the last event that the caller has; without it, from the present state. */
  after?: string | undefined;
  /** Whether the service is known to be there: then it is waited for from the first try on. */
  reached?: boolean;
  /** Told once when the connection is lost, and once when it is back: with a gap where the history is gone. */
  onConnection?(state: ConnectionState): void;
}

const MIN_PAUSE_MS = 250;
const MAX_PAUSE_MS = 5_000;

/**
 * Follows a batch until it ends. After a lost connection it goes on from the last event's cursor,
 * for as long as it takes, so that no change is missing and none comes twice. Throws RequestError
 * where there is no such batch, SignInError where the token is not taken, at first or any more, and
 * ConnectionError where the service was never reached.
 */
export async function* watchBatch(
  service: Service,
  batchId: string,
  { after, reached = false, onConnection = () => {} }: WatchOptions = {},
): AsyncGenerator<BatchEvent, void> {
  let known = reached;
  let cursor = after ?? null;
  let pauseMs = MIN_PAUSE_MS;
  let lost = false;
  for (;;) {
    try {
      let ended = false;
      for await (const { batchProgress } of subscribe(service, WatchBatch, { batchId, after: cursor })) {
        if (lost) {
          lost = false;
          onConnection(batchProgress.reset ? 'back with a gap' : 'back');
        }
        known = true;
        pauseMs = MIN_PAUSE_MS;
        cursor = batchProgress.cursor;
        // Also where nothing comes after it: a proxy may close a connection as if all had been said.
        ended = batchProgress.batch.finishedAt != null;
        yield batchProgress;
      }
      if (ended) {
        return;
      }
    } catch (error) {
      if (!(error instanceof ConnectionError) || !(known || error.reached)) {
        throw error;
      }
    }
    if (!lost) {
      lost = true;
      onConnection('lost');
    }
    await delay(pauseMs, undefined, { signal: service.signal });
    pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
  }
}

/** A service that has nothing to say of a cursor within so long has taken it. */
const CURSOR_MS = 1_000;

/**
 * Throws RefusedError where a cursor is none of a batch's events. That the service can't be reached,
 * or says nothing, is left to the watching.
 */
export async function checkCursor(service: Service, batchId: string, after: string): Promise<void> {
  const { signal } = service;
  const enough = AbortSignal.timeout(CURSOR_MS);
  const stop = signal === undefined ? enough : AbortSignal.any([signal, enough]);
  try {
    for await (const _event of subscribe({ ...service, signal: stop }, WatchBatch, { batchId, after })) {
      return;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof RequestError) {
      throw new RefusedError(
        `--after: expected the cursor of an event of this batch, as watch --json tells it, got '${after}'`,
      );
    }
  }
}
